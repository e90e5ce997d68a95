ALTER INDEX search_index_terms_idx RESET (fastupdate);
