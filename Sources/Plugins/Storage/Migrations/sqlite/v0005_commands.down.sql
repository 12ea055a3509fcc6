-- What waits is forgotten, and what was asked for and answered is not known any more.
DROP VIEW commands_view;
DROP TABLE commands;
