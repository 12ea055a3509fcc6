/// The migrations of the host's schema, in their order.
enum SQLiteMigrations {
    /// All of them; an applied one is never edited, the next number is added instead.
    static var all: [SQLiteMigration] {
        [
            migration(1, "foundation", PackageResources.v0001_foundation_up_sql, PackageResources.v0001_foundation_down_sql),
            migration(2, "deliveries", PackageResources.v0002_deliveries_up_sql, PackageResources.v0002_deliveries_down_sql),
            migration(
                3, "repairs_bars_clocks", PackageResources.v0003_repairs_bars_clocks_up_sql,
                PackageResources.v0003_repairs_bars_clocks_down_sql),
            migration(4, "words", PackageResources.v0004_words_up_sql, PackageResources.v0004_words_down_sql),
            migration(5, "commands", PackageResources.v0005_commands_up_sql, PackageResources.v0005_commands_down_sql),
        ]
    }

    private static func migration(_ number: Int, _ name: String, _ up: [UInt8], _ down: [UInt8]) -> SQLiteMigration {
        SQLiteMigration(number: number, name: name, up: String(decoding: up, as: UTF8.self), down: String(decoding: down, as: UTF8.self))
    }
}
