/// Commands of people: rows that wait until somebody decides, answered in the transaction that does what they ask for.
extension Core {
    /// Takes a command that was committed.
    mutating func accept(_ record: CommandRecord, _ transition: inout Transition) {
        guard !commands.contains(where: { $0.id == record.id }) else { return }
        commands.append(Tracked(stored: record))
        obey(record.id, &transition)
    }

    /// Has each command that waits obeyed in a transition of its own, so that none that the records refuse holds up another.
    mutating func wakeCommands(_ transition: inout Transition) {
        for command in commands { transition.perform(.wake(.command(command.id), at: transition.at)) }
    }

    /// Obeys a command that waits, if that can be done now: what decides about positions waits until the broker's book was read (I29), and nothing is
    /// done after its deadline.
    mutating func obey(_ id: CommandID, _ transition: inout Transition) {
        guard let index = commands.firstIndex(where: { $0.id == id && $0.state == .waiting }) else { return }
        let record = commands[index].record
        if let deadline = record.deadline, transition.at > deadline {
            let message = "Nobody could obey it within \(deadline - record.createdAt); nothing was done."
            return answer(index, .expired, OperatorAnswer(id: id.text, isDone: false, message: message), &transition)
        }
        guard hasRecovered || !record.command.content.closesOrRolls else { return }
        let answer = obey(OperatorRequest(id: id.text, command: record.command.content, by: record.principal), &transition)
        self.answer(index, answer.isDone ? .done : .declined, answer, &transition)
    }

    private mutating func answer(_ index: Int, _ state: CommandState, _ answer: OperatorAnswer, _ transition: inout Transition) {
        transition.perform(.answer(answer))
        guard !policy.has(.commandKeptWaiting) else { return }
        commands[index].state = state
        commands[index].answer = answer.message
        commands[index].details = Stored(answer.details)
        commands[index].decidedAt = transition.at
        commands[index].decidedBy = incarnation
    }

    /// Writes the answers.
    mutating func flushCommands(into transaction: inout Transaction) {
        for index in commands.indices { commands[index].flush(into: &transaction) }
        commands.removeAll { $0.state != .waiting }
    }

    private mutating func obey(_ request: OperatorRequest, _ transition: inout Transition) -> OperatorAnswer {
        switch request.command {
        case .stop(let reason):
            set(isThrown: true, reason: reason, by: request.by, &transition)
            for name in scopes.keys { advance(name, &transition) }
            return OperatorAnswer(id: request.id, isDone: true, message: "Trading is stopped: \(reason). Exits go on.")
        case .resume(let reason, let lifting): return resume(reason, lifting, request, &transition)
        case .closeAll(let reason): return closeAll(reason, request, &transition)
        case .exit(let id, let reason): return exit(id, reason, request, &transition)
        case .bookExit(let id, let price, let reason): return bookExit(id, price, reason, request, &transition)
        case .capital(let amount, let notes, let key): return move(amount, notes, key, request, &transition)
        case .unfreeze(let name, let reason): return unfreeze(name, reason, request, &transition)
        case .rollover(let execute): return rollover(execute, request, &transition)
        }
    }

    private mutating func resume(
        _ reason: String, _ lifting: Int64?, _ request: OperatorRequest, _ transition: inout Transition
    ) -> OperatorAnswer {
        if let lifting, lifting != tradingSwitch.record.version {
            let stop = "\(tradingSwitch.record.changedBy): \(tradingSwitch.record.reason)"
            return OperatorAnswer(
                id: request.id, isDone: false, message: "The switch was changed since you looked at it (\(stop)); look and ask again.")
        }
        set(isThrown: false, reason: reason, by: request.by, &transition)
        return OperatorAnswer(id: request.id, isDone: true, message: "Trading goes on: \(reason).")
    }
}

extension OperatorCommand {
    /// Whether it decides about positions.
    fileprivate var closesOrRolls: Bool {
        switch self {
        case .closeAll, .exit, .bookExit, .rollover(execute: true): true
        case .stop, .resume, .capital, .unfreeze, .rollover(execute: false): false
        }
    }
}
