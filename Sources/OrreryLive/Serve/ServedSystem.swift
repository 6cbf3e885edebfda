import ArgumentParser
import Foundation
import Kafka
import Live
import OrderTestbed
import Orders
import Services
import Stores

/// The services that a process runs, and all that they need.
struct ServedSystem: Sendable {
    let blueprint: Blueprint
    let topics: LiveTopics
    /// Every topic of the system, under its name on the cluster.
    let needs: [NeededTopic]
    /// Those of the blueprint's services that run here.
    let services: [any Service]
    let policies: RuntimePolicies

    /// - Parameter wanted: `all`, or the names of services, separated by commas.
    init(_ system: OrderSystemUnderTest, prefix: String, services wanted: String) throws(ValidationError) {
        var table = TopicTable()
        for topic in system.topics { _ = table.intern(topic.name) }
        blueprint = system.blueprint.blueprint
        topics = LiveTopics(table, prefix: prefix)
        needs = system.topics.map { NeededTopic(prefix + $0.name, partitions: Int32($0.partitions)) }
        policies = system.policies
        let all = system.services(topics: table)
        if wanted == "all" {
            services = all
            return
        }
        let names = wanted.split(separator: ",").map(String.init)
        for name in names where !all.contains(where: { $0.name == name }) {
            throw ValidationError(
                "--services: there is no '\(name)'; blueprint '\(blueprint.name)' has "
                    + "\(all.map(\.name).joined(separator: ", ")).")
        }
        guard !names.isEmpty else { throw ValidationError("--services must name some services, or say all.") }
        services = all.filter { names.contains($0.name) }
    }

    /// What the groups of these services read.
    var groups: [ReadingGroup] {
        services.map { service in
            ReadingGroup(
                topics.group(service.group), topics: service.subscriptions(with: policies).map(topics.name))
        }
    }
}
