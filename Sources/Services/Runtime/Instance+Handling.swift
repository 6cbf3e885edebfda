import Kafka
import Simulation

/// Handling records, and what becomes of those whose handler fails.
extension Instance {
    /// Handles a record of a topic that the service reads, or of one of its retry topics.
    func handle(
        _ record: ConsumerRecord, attempt: Int, failing: Int?, in transaction: inout Transaction
    ) -> BatchOutcome.Result {
        let topic = record.partition.topic
        guard let stage = stage(of: topic) else {
            return handle(record, of: topic, attempt: attempt, retries: 0, failing: failing, in: &transaction)
        }
        do throws(Poison) {
            let retried = try RetriedRecord(record, topics: service.topics)
            // Retry topics belong to a topic and not to a group: all groups that read the one read the others.
            guard retried.group == service.group else { return .done }
            return handle(
                retried.record, of: stage.origin, attempt: attempt, retries: stage.number, failing: failing,
                in: &transaction)
        } catch {
            return dispose(of: record, of: stage.origin, because: error, in: &transaction)
        }
    }

    /// - Parameters:
    ///   - topic: the topic that the service reads, if the record names another one.
    ///   - attempt: how often it was tried in place, from 1.
    ///   - retries: how many retry topics it has been through.
    ///   - failing: the item's number, if the handler is to fail.
    private func handle(
        _ record: ConsumerRecord, of topic: TopicID, attempt: Int, retries: Int, failing: Int?,
        in transaction: inout Transaction
    ) -> BatchOutcome.Result {
        let savepoint = transaction.savepoint
        do {
            if let failing {
                transaction.outcome.injectedFailures.append(failing)
                throw InjectedFailure()
            }
            try service.handle(record, in: &transaction)
            return .done
        } catch let poison as Poison {
            transaction.rollBack(to: savepoint)
            return dispose(of: record, of: topic, because: poison, in: &transaction)
        } catch {
            transaction.rollBack(to: savepoint)
            let tries = attempt + retries
            let message = tries == 1 ? "failed once, with: \(error)" : "failed \(tries) times, at last with: \(error)"
            let poison = Poison("HandlerFailed", message)
            switch settings.policies.retry {
            case .inPlace:
                if attempt < settings.maximumAttempts { return .retry }
            case .retryTopics:
                if let next = service.retryTopic(for: topic, attempt: retries + 1),
                    retries < settings.policies.retryTopicCount
                {
                    return retry(record, in: next, retries: retries + 1, because: poison, in: &transaction)
                }
            case .none: break
            }
            return dispose(of: record, of: topic, because: poison, in: &transaction)
        }
    }

    private func retry(
        _ record: ConsumerRecord, in topic: TopicID, retries: Int, because poison: Poison,
        in transaction: inout Transaction
    ) -> BatchOutcome.Result {
        let savepoint = transaction.savepoint
        let due = transaction.now + settings.retryTopicBackoff.longestDelay(after: retries)
        let retried = RetriedRecord(record: record, group: service.group, attempt: retries + 1, due: due)
        do {
            try transaction.retry(retried, in: topic, because: poison, topics: service.topics)
            return .done
        } catch {
            transaction.rollBack(to: savepoint)
            return .retry
        }
    }

    private func dispose(
        of record: ConsumerRecord, of topic: TopicID, because poison: Poison, in transaction: inout Transaction
    ) -> BatchOutcome.Result {
        switch settings.policies.poison {
        case .skip: return .done
        case .halt: return .halted
        case .deadLetter:
            let savepoint = transaction.savepoint
            do {
                let letters = service.deadLetterTopic(for: topic)
                try transaction.deadLetter(record, because: poison, by: service, to: letters)
                return .done
            } catch {
                transaction.rollBack(to: savepoint)
                return .retry
            }
        }
    }
}
