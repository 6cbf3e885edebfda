import Foundation
import Harness
import Simulation

/// Where a walk through a run stops.
enum Breakpoint: Equatable {
    /// An event, a word in what happens: `PaymentCompleted`, `payment/1`, `ORD-00000001`.
    case word(String)
    /// Any fault that strikes, or those of one kind.
    case fault(String?)
    /// The moment at which a checker finds fault with the run.
    case checker(String, Instant)

    /// As it is listed.
    var text: String {
        switch self {
        case .word(let word): "anything about \(word)"
        case .fault(nil): "every fault"
        case .fault(let kind?): "every \(kind)"
        case .checker(let name, let moment): "\(name) breaks, at \(moment)"
        }
    }

    /// Whether a step that was just made is one of these. `before` is the moment before it.
    func stops(at travel: TimeTravel, lines: [String]) -> Bool {
        switch self {
        case .word(let word): lines.contains { $0.range(of: word, options: .caseInsensitive) != nil }
        case .fault(let kind):
            travel.happenings.contains { happening in
                guard case .entry(let entry) = happening, case .fault(let action) = entry.event else { return false }
                return kind == nil || action.kind == kind
            }
        case .checker(_, let moment): travel.world.now >= moment && !lines.isEmpty
        }
    }
}
