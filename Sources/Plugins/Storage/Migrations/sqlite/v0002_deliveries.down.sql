-- Alerts that some channel has not taken are delivered by all of them again.
DROP VIEW deliveries_view;
DROP TABLE deliveries;
