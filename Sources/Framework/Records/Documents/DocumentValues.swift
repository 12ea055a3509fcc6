// What documents are made of in the end: texts, numbers and lists.

extension String: DocumentContent {
    /// Written as text.
    public func write(to document: inout DocumentWriter) { document.text(self) }
}

extension Bool: DocumentContent {
    /// Written as true or false.
    public func write(to document: inout DocumentWriter) { document.boolean(self) }
}

extension Int64: DocumentContent {
    /// Written as a number.
    public func write(to document: inout DocumentWriter) { document.number(self) }
}

extension Int: DocumentContent {
    /// Written as a number.
    public func write(to document: inout DocumentWriter) { document.number(Int64(self)) }
}

extension Array: DocumentContent where Element: DocumentContent {
    /// Written as a list.
    public func write(to document: inout DocumentWriter) { document.list(self) }
}

extension Dictionary: DocumentContent where Key == String, Value: DocumentContent {
    /// Written as an object.
    public func write(to document: inout DocumentWriter) { document.object(self) }
}

extension RawRepresentable where Self: DocumentContent, RawValue == String {
    /// Written as its raw text.
    public func write(to document: inout DocumentWriter) { document.text(rawValue) }
}

extension FixedPointValue {
    /// Written as decimal text, because a JSON number loses digits in many readers.
    public func write(to document: inout DocumentWriter) { document.text(description) }
}

extension Identifier {
    /// Written as its text.
    public func write(to document: inout DocumentWriter) { document.text(text) }
}

extension Price: DocumentContent {}
extension Money: DocumentContent {}
extension Ratio: DocumentContent {}
extension PointValue: DocumentContent {}
extension FractionalLots: DocumentContent {}
extension InstrumentName: DocumentContent {}
extension PositionID: DocumentContent {}
extension Side: DocumentContent {}
extension LegRole: DocumentContent {}
extension LegAction: DocumentContent {}
extension SignalKind: DocumentContent {}

extension Tick: DocumentContent {
    /// Written as decimal text.
    public func write(to document: inout DocumentWriter) { document.text(description) }
}

extension Lots: DocumentContent {
    /// Written as a number.
    public func write(to document: inout DocumentWriter) { document.number(count) }
}

extension Quantity: DocumentContent {
    /// Written as a number.
    public func write(to document: inout DocumentWriter) { document.number(count) }
}

extension LotSize: DocumentContent {
    /// Written as a number.
    public func write(to document: inout DocumentWriter) { document.number(count) }
}

extension TradingDay: DocumentContent {
    /// Written as `YYYY-MM-DD`.
    public func write(to document: inout DocumentWriter) { document.text(description) }
}

extension Layer: DocumentContent {
    /// Written as `Long_n`.
    public func write(to document: inout DocumentWriter) { document.text(description) }
}

extension Instant: DocumentContent {
    /// Written as ISO 8601 in UTC.
    public func write(to document: inout DocumentWriter) { document.text(description) }
}
