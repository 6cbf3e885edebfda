import Harness
import Kafka
import Live
import OrderTestbed
import Services

/// The order system in a recording: the text of a scenario file that has the same.
enum RecordedSystem {
    /// The service that a recording is about, made again.
    static func service(of header: FlightHeader) throws(FlightError) -> any Service {
        let scenario: Scenario
        do throws(InvalidScenario) {
            scenario = try ScenarioFile.parse(
                text: header.system, file: "recording", system: OrderSystemUnderTest.self)
        } catch {
            let reasons = error.errors.map(\.description).joined(separator: "; ")
            throw .otherService("the system that it names cannot be made again (\(reasons))")
        }
        var topics = TopicTable()
        for topic in scenario.system.topics { _ = topics.intern(topic.name) }
        guard let service = scenario.system.services(topics: topics).first(where: { $0.name == header.service }) else {
            throw .otherService("the system has no service '\(header.service)'")
        }
        return service
    }
}
