import Testing

/// Every route of the shipped host, over real connections; one host after the other, so that tests beside these get their share of the machine.
@Suite(.serialized) enum InterfaceTests {}
