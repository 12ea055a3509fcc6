import CMalloc

/// The C library's allocator.
enum Allocator {
    /// Gives all threads two arenas to share.
    ///
    /// By default there are up to eight for each processor. What one thread makes here another drops: an arena that was large once stays large, and
    /// the process grows for hours although nothing in it does.
    static func shareArenas() { mallopt(M_ARENA_MAX, 2) }
}
