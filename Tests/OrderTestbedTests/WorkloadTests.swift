import Orders
import Services
import Simulation
import Testing

@testable import OrderTestbed

@Suite struct WorkloadTests {
    private func plan(seed: UInt64 = 1, _ change: (inout WorkloadOptions) -> Void = { _ in }) -> WorkloadPlan {
        var options = WorkloadOptions()
        change(&options)
        return WorkloadPlan(
            options: options, storefront: Storefront(.inventoryFirst), products: Catalogue.sample.products,
            draws: Draws(seed: seed))
    }

    @Test func `an order is the same however many others there are, and whatever they do`() {
        let few = plan { $0.orders = 10 }
        let many = plan {
            $0.orders = 1_000
            $0.cancellations = 1
            $0.repeatedRequests = 1
        }
        for order in 0..<10 {
            #expect(few.gap(before: order) == many.gap(before: order))
            #expect(few.customer(of: order) == many.customer(of: order))
            #expect(few.basket(of: order).map(\.sku) == many.basket(of: order).map(\.sku))
            #expect(few.basket(of: order).map(\.quantity) == many.basket(of: order).map(\.quantity))
        }
    }

    @Test func `baskets keep to the options, and no product stands in two lines`() {
        let plan = plan {
            $0.lines = 2...8
            $0.quantity = 2...5
        }
        for order in 0..<500 {
            let basket = plan.basket(of: order)
            #expect((2...8).contains(basket.count))
            #expect(basket.allSatisfy { (2...5).contains($0.quantity) })
            #expect(Set(basket.map(\.sku)).count == basket.count)
        }
    }

    @Test func `popularity`() {
        func share(_ popularity: Popularity) -> Double {
            let plan = plan {
                $0.popularity = popularity
                $0.lines = 1...1
            }
            let first = Catalogue.sample.products[0].sku
            return Double((0..<4_000).count { plan.basket(of: $0)[0].sku == first }) / 4_000
        }
        #expect((0.10...0.15).contains(share(.even)))
        #expect((0.33...0.40).contains(share(.zipf)))
    }

    @Test func `contention is for the scarcest products`() {
        let plan = plan { $0.scarceProducts = 1 }
        let scarcest = ["PROD-002", "PROD-006"]
        #expect((0..<200).allSatisfy { scarcest.contains(plan.basket(of: $0)[0].sku.description) })
    }

    @Test func `arrivals come at the rate, whatever the process`() {
        for process in ArrivalProcess.allCases {
            let plan = plan {
                $0.arrivals = process
                $0.rate = 100
            }
            let total = (0..<5_000).reduce(Duration.zero) { $0 + plan.gap(before: $1) }
            #expect((48.0...52.0).contains(total.seconds), "\(process)")
        }
    }

    @Test func `bursts come at one moment`() {
        let plan = plan {
            $0.arrivals = .burst
            $0.burstSize = 5
        }
        #expect((1..<5).allSatisfy { plan.gap(before: $0) == .zero })
        #expect(plan.gap(before: 5) == .milliseconds(100))
    }

    @Test func `cancellations hit every stage: each octave of the range as often as any other`() {
        let plan = plan {
            $0.cancellations = 1
            $0.cancellationDelay = .milliseconds(1)...(.milliseconds(1_023))
        }
        let delays = (0..<4_000).compactMap { plan.cancellation(of: $0) }
        #expect(delays.count == 4_000)
        #expect(delays.allSatisfy { $0 >= .milliseconds(1) && $0 <= .milliseconds(1_023) })
        for octave in 0..<10 {
            let low = Duration.milliseconds(1 << Int64(octave))
            let share = Double(delays.count { $0 >= low && $0 < low * 2 }) / 4_000
            #expect((0.08...0.12).contains(share), "octave \(octave)")
        }
    }

    @Test func `one delay for all is allowed`() {
        let plan = plan {
            $0.cancellations = 1
            $0.cancellationDelay = .milliseconds(5)...(.milliseconds(5))
        }
        #expect(plan.cancellation(of: 3) == .milliseconds(5))
    }

    @Test func `a probability of zero asks for nothing`() {
        let plan = plan()
        for order in 0..<1_000 {
            #expect(plan.cancellation(of: order) == nil && plan.repetition(of: order) == nil)
            #expect(plan.nonsense(beside: order) == nil && !plan.hasBadCard(order))
        }
    }

    @Test func `request ids and alarms say what they are`() {
        for conversation in Conversation.allCases {
            let request = RequestID(order: 123_456, conversation: conversation, attempt: 65_000)
            #expect(RequestID(rawValue: request.rawValue) == request)
            for reason in [ClientAlarm.Reason.send, .timeout] {
                let alarm = ClientAlarm(rawValue: ClientAlarm(reason, request).rawValue)
                #expect(alarm?.request == request && alarm?.reason == reason)
            }
        }
    }
}
