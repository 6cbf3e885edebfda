import CRdKafka
import Kafka

/// A member of a group, as its coordinator describes it.
public struct MemberDescription: Hashable, Sendable {
    public var clientID: String
    /// `group.instance.id` of a static member.
    public var instanceID: String?
    public var memberID: String
    public var assignment: [NamedPartition]
}

/// A group, as its coordinator describes it.
public struct GroupDescription: Hashable, Sendable {
    public var name: String
    /// `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`, `Dead`, or `Unknown`.
    public var state: String
    /// Such as `range`.
    public var assignor: String
    public var members: [MemberDescription]
    public var failure: KafkaFailure?
}

extension Admin {
    /// The names of all consumer groups. Every broker is asked for those that it coordinates; if one does not answer,
    /// none is returned, because nobody knows whose are missing.
    public func listGroups(within timeout: Duration) throws(KafkaFailure) -> [String] {
        let answer: Result<[String], KafkaFailure> = try ask(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, within: timeout
        ) { client, options, queue in
            rd_kafka_ListConsumerGroups(client, options, queue)
        } reading: { event in
            var count = 0
            if let errors = rd_kafka_ListConsumerGroups_result_errors(event, &count), count > 0, let first = errors[0] {
                return .failure(KafkaFailure(first))
            }
            let listings = rd_kafka_ListConsumerGroups_result_valid(event, &count)
            let names = (0..<count).compactMap { index in
                listings?[index].map { String(cString: rd_kafka_ConsumerGroupListing_group_id($0)) }
            }
            return .success(names.sorted())
        }
        return try answer.get()
    }

    /// Describes a group.
    public func describe(group: String, within timeout: Duration) throws(KafkaFailure) -> GroupDescription {
        let description: GroupDescription? = try ask(
            RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, within: timeout
        ) { client, options, queue in
            group.withCString { name in
                var names: [UnsafePointer<CChar>?] = [name]
                rd_kafka_DescribeConsumerGroups(client, &names, 1, options, queue)
            }
        } reading: { event in
            var count = 0
            guard let groups = rd_kafka_DescribeConsumerGroups_result_groups(event, &count), count > 0,
                let first = groups[0]
            else { return nil }
            return GroupDescription(first)
        }
        guard let description else { throw KafkaFailure(RD_KAFKA_RESP_ERR__FAIL, reason: "no group in the answer") }
        return description
    }
}

extension GroupDescription {
    fileprivate init(_ group: OpaquePointer) {
        let state = rd_kafka_ConsumerGroupDescription_state(group)
        let error = rd_kafka_ConsumerGroupDescription_error(group)
        self.init(
            name: String(cString: rd_kafka_ConsumerGroupDescription_group_id(group)),
            state: String(cString: rd_kafka_consumer_group_state_name(state)),
            assignor: rd_kafka_ConsumerGroupDescription_partition_assignor(group).map { String(cString: $0) } ?? "",
            members: (0..<rd_kafka_ConsumerGroupDescription_member_count(group)).compactMap { index in
                rd_kafka_ConsumerGroupDescription_member(group, index).map { MemberDescription($0) }
            },
            failure: error.flatMap { error in
                rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaFailure(error)
            })
    }
}

extension MemberDescription {
    fileprivate init(_ member: OpaquePointer) {
        let assignment = rd_kafka_MemberDescription_assignment(member)
        self.init(
            clientID: String(cString: rd_kafka_MemberDescription_client_id(member)),
            instanceID: rd_kafka_MemberDescription_group_instance_id(member).map { String(cString: $0) },
            memberID: String(cString: rd_kafka_MemberDescription_consumer_id(member)),
            assignment: rd_kafka_MemberAssignment_partitions(assignment).map {
                PartitionList.partitions(of: UnsafeMutablePointer(mutating: $0)).sorted()
            } ?? [])
    }
}
