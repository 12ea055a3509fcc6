import MunimKit

/// Looks at the records beside a host that may be running.
struct RecordsExamination: Sendable {
    let input: CommandInput
    let configuration: HostConfiguration

    /// What was found about the schema and the integrity of the records.
    func findings() async -> [Finding] {
        do {
            guard let store = try input.storage(of: configuration) as? any ReadableBesideHost else {
                return [Finding("records", .ok, "storage \(configuration.storage.name) has nothing to look at from outside")]
            }
            return try await look(at: store)
        } catch { return [Finding("records", .fail, "\(error)", "restore a backup, or ask who knows the storage")] }
    }

    private func look(at store: any ReadableBesideHost) async throws -> [Finding] {
        do throws(StorageError) { try await store.startReading() } catch {
            if case .unavailable(let reason) = error {
                return [
                    Finding("records", .warn, reason, "nothing is to be done before the first start; munim migrate status shows the schema")
                ]
            }
            return [Finding("records", .fail, error.description, "restore a backup, or run the binary that fits the schema")]
        }
        let migrations = try await store.migrations()
        let faults = try await store.faults()
        await store.stop()
        let schema = Finding("schema", .ok, "version \(migrations.last?.number ?? 0), as this binary expects it")
        guard faults.isEmpty else {
            return [schema, Finding("integrity", .fail, faults.joined(separator: "; "), "stop the host and restore a backup")]
        }
        return [schema, Finding("integrity", .ok, "the records are whole")]
    }
}

/// Holds the calendars of the instruments against the year.
struct CalendarExamination: Sendable {
    let tradedInstruments: [TradedInstrument]
    let now: Instant

    /// One finding for each instrument and year whose holidays are not known, or one for all.
    func findings() -> [Finding] {
        let day = TradingDay(of: now)
        let gaps = tradedInstruments.flatMap { $0.calendarGaps(on: day) }
        guard !gaps.isEmpty else { return [Finding("calendar", .ok, "the holidays of \(day.date.year) are known")] }
        return gaps.map { Finding("calendar", .warn, "\($0)", "\(CalendarGap.advice), in the entry \($0.instrument)") }
    }
}
