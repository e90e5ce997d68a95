DROP TABLE kept_replies;
DROP TABLE audit;
