/// Finds what was probably meant.
package enum Suggestion {
    /// `did you mean 'policies'?` where a candidate is near, else the candidates when they are few.
    package static func forName(_ name: String, among candidates: [String]) -> String? {
        if let nearest = nearest(to: name, among: candidates) { return "did you mean '\(nearest)'?" }
        guard (1...8).contains(candidates.count) else { return nil }
        return "choose from " + candidates.joined(separator: ", ")
    }

    /// The candidate with the fewest edits, if a third of the name or less has to change.
    static func nearest(to name: String, among candidates: [String]) -> String? {
        // No candidate is near to a name that is far longer, and comparing would take long.
        guard name.utf8.count <= 100 else { return nil }
        let name = name.lowercased()
        let best = candidates.map { (candidate: $0, distance: editDistance(name, $0.lowercased())) }
            .min { $0.distance < $1.distance }
        guard let best, best.distance <= max(1, name.utf8.count / 3) else { return nil }
        return best.candidate
    }

    /// How many characters have to be inserted, deleted, replaced or swapped with their neighbour (optimal string
    /// alignment).
    static func editDistance(_ left: String, _ right: String) -> Int {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
