import ArgumentParser
import Foundation
import Live

/// `orrery-live replay`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Play back what --record DIR of 'serve' or 'run' has recorded, and compare.",
        discussion: """
            Every signal and every answer of the database goes to the same code again, without Kafka and without a \
            database. What the code answers is compared with what it answered then, effect by effect, row by row.

              orrery replay recordings
              orrery replay recordings --instance payment/1 --timeline
              orrery replay recordings --instance payment/1.3 --until 120

            An instance has a recording for each of its lives: payment/1.3 is the third of payment/1.

            EXIT CODES
              0   everything is as it was
              1   something differs: the code is not what it was, or depends on more than its signals
              64  the command line is wrong
              65  a recording cannot be read, or not to its end
            """)

    @Argument(help: "A directory of recordings, or one of them.", completion: .file(extensions: ["flight"]))
    var recordings: String

    @Option(
        help: ArgumentHelp(
            "A service (order), an instance (order/1), or one of its lives (order/1.3).", valueName: "name"))
    var instance: String?

    @Option(help: ArgumentHelp("Stop after this signal, and say what the instance waits for.", valueName: "signal"))
    var until: Int?

    @Flag(help: "Tell every signal, and what the instance did.")
    var timeline = false

    @Flag(help: "Print one JSON object a recording, and with --timeline one a signal.")
    var json = false

    func validate() throws {
        if recordings.isEmpty { throw ValidationError("Name a directory of recordings.") }
        if let until, until < 1 { throw ValidationError("--until must name a signal, from 1.") }
    }

    func run() throws {
        let files = try RecordingFiles.find(recordings, instance: instance)
        if until != nil, files.count > 1 {
            throw ValidationError(
                "--until needs one recording: choose with --instance, among "
                    + "\(files.map(\.name).joined(separator: ", ")).")
        }
        var worst = ExitCode.success
        for file in files {
            let session = ReplaySession(file: file, until: until)
            let verdict = try session.run { step in
                if json, timeline { try Terminal.printJSON(step) } else if timeline { Terminal.print(step.text) }
            }
            if json { try Terminal.printJSON(verdict) } else { Terminal.print(verdict.text) }
            // What differs was found; what cannot be read may hide more.
            switch verdict.outcome {
            case .identical: break
            case .differs: worst = .found
            case .unreadable: worst = worst == .found ? worst : .badInput
            }
        }
        throw worst
    }
}

/// The recordings that a command line means.
struct RecordingFiles {
    struct File: Equatable {
        var path: String
        /// `order/1.3`
        var name: String
    }

    /// - Parameter instance: `order`, `order/1`, or `order/1.3` for one life of it.
    static func find(_ path: String, instance: String?) throws -> [File] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw Terminal.fail(
                "there is no '\(path)': record with --record DIR of 'orrery serve' or 'orrery run'.", .badInput)
        }
        guard isDirectory.boolValue else { return [File(path: path, name: name(of: path))] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let files = names.filter { $0.hasSuffix(".\(FlightFile.pathExtension)") }
            .map { File(path: "\(path)/\($0)", name: name(of: $0)) }
            .filter { file in
                instance.map { file.name == $0 || file.name.hasPrefix($0 + ".") || file.name.hasPrefix($0 + "/") }
                    ?? true
            }
            .sorted { $0.name.compare($1.name, options: .numeric) == .orderedAscending }
        guard !files.isEmpty else {
            let wanted = instance.map { " of \($0)" } ?? ""
            throw Terminal.fail("there are no recordings\(wanted) in '\(path)'.", .badInput)
        }
        return files
    }

    /// `order/1.3` for `recordings/order-1.3.flight`.
    static func name(of path: String) -> String {
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        guard let dash = name.lastIndex(of: "-") else { return name }
        return "\(name[..<dash])/\(name[name.index(after: dash)...])"
    }
}
