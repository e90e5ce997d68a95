DROP TABLE search_queue;
DROP TABLE search_index;
DROP TABLE search;
