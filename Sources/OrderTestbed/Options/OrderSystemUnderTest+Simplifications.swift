import Harness

extension OrderSystemUnderTest {
    /// Fewer kinds of things that customers do, smaller orders, fewer partitions: one each.
    public var simplifications: [OrderSystemUnderTest] {
        let variants: [(inout OrderSystemUnderTest) -> Void] = [
            { $0.partitions = 1 },
            { $0.workload.replays.count = 0 },
            { $0.workload.nonsenseRequests = 0 },
            { $0.workload.looks = 0 },
            { $0.workload.returns = 0 },
            { $0.workload.lineCancellations = 0 },
            { $0.workload.doubleCancels = 0 },
            { $0.workload.cancellations = 0 },
            { $0.workload.statusUpdates = 0 },
            { $0.workload.repeatedRequests = 0 },
            { $0.workload.declinedCards = 0 },
            { $0.workload.scarceProducts = 0 },
            { $0.workload.suspiciousCustomers = 0 },
            { $0.provider.unreachableCustomers = 0 },
            { $0.workload.lines = 1...1 },
            { $0.workload.quantity = 1...1 },
        ]
        return variants.compactMap { simplify in
            var simpler = self
            simplify(&simpler)
            return isSame(as: simpler) ? nil : simpler
        }
    }

    private func isSame(as other: OrderSystemUnderTest) -> Bool {
        partitions == other.partitions && workload == other.workload && provider == other.provider
    }
}
