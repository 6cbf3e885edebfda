import Harness

extension Scenario {
    /// Why a comparison learns nothing from this scenario, as a sentence: what it is about is not there to go wrong. Nil
    /// when it is there.
    public var misfit: String? {
        guard let system = system as? OrderSystemUnderTest, plan.isEmpty else { return nil }
        let isCalm = !rates.canStrike
        if !isCalm, !rates.withoutProvider.canStrike, system.callers.isEmpty {
            return "Nobody takes money in this design: there is no payment provider that could fail."
        }
        if isCalm, system.workload.scarceProducts > 0, system.blueprint.blueprint.step(.reserve) == nil {
            return "Nobody keeps stock in this design: nothing can run out."
        }
        return nil
    }
}

extension FaultRates {
    /// The same, but the provider never fails.
    fileprivate var withoutProvider: FaultRates {
        var rates = self
        rates.providerUnavailable = 0
        rates.providerLosesCalls = 0
        rates.providerLosesAnswers = 0
        rates.providerAnswersLate = 0
        rates.providerDeclines = 0
        rates.providerAnswersTwice = 0
        rates.providerOutageRate = 0
        return rates
    }
}
