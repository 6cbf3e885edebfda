import Services

/// What becomes of requests that nobody answers.
extension OrderAPI {
    /// What can be done at a path, in a system of a blueprint; empty when there is nothing.
    public static func methods(at path: String, in blueprint: Blueprint) -> [Request.Method] {
        Request.Method.allCases.filter { service(for: $0, path, in: blueprint) != nil }
    }

    /// The answer to a request that no service answers.
    public static func refusal(of path: String, in blueprint: Blueprint) -> Response {
        guard let parsed = RequestPath(path) else { return .malformedPath }
        let methods = methods(at: path, in: blueprint).map(\.rawValue)
        guard methods.isEmpty else { return .methodNotAllowed(methods) }
        let isKnown = Blueprint.Role.allCases.contains { role in
            allEndpoints(of: role).contains { $0.pattern.match(parsed) != nil }
        }
        guard isKnown else { return .nothingHere }
        return .problem(
            404, title: "Not offered",
            detail: "Nobody would act upon this: blueprint '\(blueprint.name)' has no service for it.")
    }
}

extension Response {
    static let nothingHere = problem(404, "Not found", "There is nothing at this path. Orders are at /api/orders.")

    static func methodNotAllowed(_ methods: [String]) -> Response {
        problem(
            405, title: "Method not allowed", detail: "This path takes \(methods.joined(separator: ", ")).",
            allowing: methods)
    }
}
