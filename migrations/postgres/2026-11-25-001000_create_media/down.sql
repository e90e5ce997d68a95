DROP TABLE media;
DROP TABLE swept_files;
DROP TABLE media_files;
