/// Something that the shell is to do. Those behind a commit are done only once it succeeded.
public enum Effect: Codable, Sendable {
    /// Write all or nothing.
    case commit(Transaction)
    /// Let a broker without a market of its own know a price; done before the effects behind it.
    case observe(PriceObservation)
    /// Ask the market; answers `.surveyed`.
    case survey(SurveyRequest)
    /// Send an order, once; answers `.placed`.
    case place(OrderRequest)
    /// Ask to end an order; answers `.cancelAnswered`.
    case cancel(Tag, BrokerOrderID)
    /// Read the order book, without the orders that are settled as of this decision; answers `.bookRead`.
    case readBook(leavingOut: EndedTags)
    /// Read the positions; answers `.positionsRead`.
    case readPositions
    /// Come back at a time; answers `.woke`.
    case wake(Alarm, at: Instant)
    /// Tell people.
    case alert(Alert)
    /// A signal has its verdict.
    case conclude(SignalRecord)
    /// A command has its answer.
    case answer(OperatorAnswer)
}
