/// A stored property of a record and the column that it is kept in.
public struct Field<R: Record>: Sendable {
    let column: Column
    let access: FieldAccess

    /// Keeps a stored property in a column; the column holds what its type holds, unless `type` says otherwise.
    public init<V: ColumnValue>(_ name: String, _ property: KeyPath<R, V>, _ type: ColumnType = V.columnType) {
        guard let offset = MemoryLayout<R>.offset(of: property) else {
            preconditionFailure("the column \(name) of \(R.self) is no stored property")
        }
        column = Column(name, type, optional: V.isOptional)
        access = FieldAccess(V.self, at: offset)
    }
}

/// The columns of a record, each with the property that it holds: rows are made, read and described from this one list.
///
/// Where a property lies in a record is looked up once. So a value is made without the cost of a key path, and a record is read into memory that
/// needs no record before it; the list must therefore name every stored property, which is checked when it is made.
public struct Fields<R: Record>: ExpressibleByArrayLiteral, Sendable {
    let layout: FieldLayout

    /// The columns in order.
    public init(arrayLiteral fields: Field<R>...) {
        layout = FieldLayout(columns: fields.map(\.column), accesses: fields.map(\.access))
        precondition(layout.fill(MemoryLayout<R>.size), "a stored property of \(R.self) has no field, or two")
    }

    /// The record with these values; throws `.corrupt` with the place of the first that is of another type.
    func record(_ values: [Value]) throws(StorageError) -> R {
        guard values.count == layout.accesses.count else { throw .corrupt("\(R.table.name) has \(values.count) columns") }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<R>.size, alignment: MemoryLayout<R>.alignment)
        defer { memory.deallocate() }
        // A property so small that it hides between two others would be zero then, and not whatever was there.
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<R>.size)
        if let index = layout.read(values, into: memory) {
            throw .corrupt("\(R.table.name).\(layout.columns[index].name) \(layout.accesses[index].mismatch(values[index]))")
        }
        return memory.assumingMemoryBound(to: R.self).move()
    }
}

/// The values of a record, each made when it is asked for.
public struct RecordValues {
    let layout: FieldLayout
    let record: UnsafeRawPointer

    /// How many columns there are.
    public var count: Int { layout.accesses.count }
    /// The value of the column at a position.
    public subscript(position: Int) -> Value { layout.accesses[position].value(record) }
}

/// Where the properties of a record lie, in the order of their columns.
final class FieldLayout: Sendable {
    let columns: [Column]
    let accesses: [FieldAccess]

    init(columns: [Column], accesses: [FieldAccess]) {
        self.columns = columns
        self.accesses = accesses
    }

    /// Whether the properties, one after the other, make up a record of so many bytes.
    func fill(_ size: Int) -> Bool {
        var end = 0
        for access in accesses.sorted(by: { $0.offset < $1.offset }) {
            guard access.offset == (end + access.alignment - 1) / access.alignment * access.alignment else { return false }
            end = access.offset + access.size
        }
        return end == size
    }

    /// Puts all values into `memory`, or none; answers which one is of another type.
    func read(_ values: [Value], into memory: UnsafeMutableRawPointer) -> Int? {
        for index in accesses.indices where !accesses[index].read(values[index], memory) {
            for access in accesses[..<index] { access.clear(memory) }
            return index
        }
        return nil
    }
}

/// How one property gets into a row and out of it.
struct FieldAccess: Sendable {
    let offset: Int
    let size: Int
    let alignment: Int
    /// Makes the value of a record.
    let value: @Sendable (_ record: UnsafeRawPointer) -> Value
    /// Puts a value into the memory of a record; answers whether it was of the type.
    let read: @Sendable (Value, _ memory: UnsafeMutableRawPointer) -> Bool
    /// Takes out what was put in.
    let clear: @Sendable (_ memory: UnsafeMutableRawPointer) -> Void
    /// Why a value is not of the type.
    let mismatch: @Sendable (Value) -> String

    init<V: ColumnValue>(_ type: V.Type, at offset: Int) {
        self.offset = offset
        size = MemoryLayout<V>.size
        alignment = MemoryLayout<V>.alignment
        value = { record in (record + offset).assumingMemoryBound(to: V.self).pointee.column }
        read = { value, memory in
            guard let property = V(value) else { return false }
            (memory + offset).initializeMemory(as: V.self, to: property)
            return true
        }
        clear = { memory in (memory + offset).assumingMemoryBound(to: V.self).deinitialize(count: 1) }
        mismatch = { value in V.mismatch(of: value) }
    }
}
