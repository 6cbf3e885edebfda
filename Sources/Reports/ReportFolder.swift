import Foundation
import Synchronization

/// Which folder a report gets, so that none overwrites the report on something else.
enum ReportFolder {
    /// By path, the scenario's file: what this process has given away, although it may not be written yet.
    private static let claims = Mutex<[String: String]>([:])

    /// The name itself where it is free, or holds an older report on the same file; else with a number behind it: a
    /// report's own `scenario.yaml` has the name and the seed of the run that the report is about.
    static func claim(_ name: String, for file: String, in directory: String) -> String {
        claims.withLock { claims in
            var number = 1
            while true {
                let candidate = number == 1 ? name : "\(name)-\(number)"
                let path = ReportWriter.joined(directory, candidate)
                if (claims[path] ?? owner(of: path) ?? file) == file {
                    claims[path] = file
                    return candidate
                }
                number += 1
            }
        }
    }

    /// The scenario's file that the report in a folder is about; nil where there is nothing. Of what is no report, nobody
    /// knows.
    private static func owner(of path: String) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return ReportRecord(directory: path)?.file ?? ""
    }
}

/// What `result.json` says of a report, as far as others need it.
struct ReportRecord {
    let object: [String: Any]

    /// Nil when there is no such file in the directory, or nothing that can be read.
    init?(directory: String) {
        guard let data = try? Data(contentsOf: URL(filePath: ReportWriter.joined(directory, "result.json"))),
            let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
        else { return nil }
        self.object = object
    }

    var file: String? { object["file"] as? String }
    var target: String? { object["target"] as? String }
    var finding: [String: Any]? { object["finding"] as? [String: Any] }
}
