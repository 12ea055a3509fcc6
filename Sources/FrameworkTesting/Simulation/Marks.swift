/// What a full run must have seen at least once: a path that no run takes is a path that nobody has judged.
public enum Marks {
    /// Faults, rows of the crash table that a run can express, and transitions of the rows.
    public static let expected = Set(Fault.allCases.map { "fault \($0.rawValue)" } + CrashRow.allCases.map(\.rawValue) + transitions)

    private static let transitions = [
        "intent:  → active", "intent: active → failed", "intent: active → quarantined", "intent: active → settled",
        "intent: active → flat", "intent: flat → settled", "order:  → planned", "order: absent → filled", "order: planned → dropped",
        "order: planned → sending", "order: sending → cancelled", "order: sending → filled", "order: sending → notSent",
        "order: sending → rejected", "order: sending → unknown", "order: sending → working", "order: unknown → absent",
        "order: unknown → filled", "order: working → cancelled", "order: working → filled",
        "order: working → rejected", "position:  → open", "position: closing → closed", "position: open → closing", "position: rolled",
        "scope: active → frozen", "signal accepted", "signal: accepted → executed", "signal: accepted → expired",
        "signal: accepted → refused", "signal: accepted → superseded", "signal: accepted → working", "signal: working → executed",
        "signal: working → failed", "signal: working → refused", "signal: working → superseded", "switch: running → stopped",
        "switch: stopped → running", "first decider", "takeover", "conflict stored", "alert late_order", "alert one_legged",
        "alert order_absent", "alert position_mismatch", "alert exit_order_missing",
    ]
}
