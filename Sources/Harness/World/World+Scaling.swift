import Services
import Simulation
import VirtualKafka

/// Scaling: instances that join while the world runs, and instances that stop in an orderly way.
extension World {
    /// Brings a service to as many instances as are wanted now: those with the highest numbers go, and come back first.
    mutating func rescale(_ name: String) {
        guard let service = services.firstIndex(where: { $0.name == name }) else { return }
        let wanted = wantedInstances(of: name)
        var known = 0
        for index in processes.indices where processes[index].service == service {
            known += 1
            if Int(processes[index].number) > wanted { takeOut(index) } else { bringBack(index) }
        }
        while known < wanted {
            known += 1
            add(Int32(known), of: service)
        }
    }

    /// Of several wishes for one service, the last one holds.
    private func wantedInstances(of service: String) -> Int {
        for fault in faults.ongoing.reversed() {
            if case .scale(service, let count, _, _) = fault.action { return count }
        }
        return scenario.instanceCount(of: service)
    }

    private mutating func takeOut(_ index: Int) {
        guard !processes[index].isOut else { return }
        processes[index].isOut = true
        queue.push(.stop(process: Int32(index), life: processes[index].life), at: now)
    }

    /// One that is still stopping starts again when it has stopped.
    private mutating func bringBack(_ index: Int) {
        guard processes[index].isOut else { return }
        processes[index].isOut = false
        if processes[index].instance == nil { startProcess(index) }
    }

    private mutating func add(_ number: Int32, of service: Int) {
        let name = "\(services[service].name)/\(number)"
        var process = Process(name: name, service: service, number: number, node: cluster.network.addNode(name))
        process.clockError = clockError(of: name)
        processes.append(process)
        trace.fold(name)
        faults.admit(name, with: scenario.plan)
        // What the plan has for messages from and to this machine can be looked up only now.
        cluster.network.plannedFates = faults.plannedFates { node(named: $0) }
        startProcess(processes.count - 1)
    }
}
