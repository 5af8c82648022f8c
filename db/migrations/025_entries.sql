-- What a collection asks of works besides words and seconds: kinds, size and number of their files, and how many a unit may send.
alter table collections
  add file_kinds text[] check (file_kinds <@ '{图片,视频,音频,文档,jpg,png,gif,webp,mp3,m4a,mp4,webm,pdf,txt,doc,docx,xlsx}'),
  add max_file_mb integer check (max_file_mb between 1 and 10000),
  add min_files integer check (min_files between 0 and 20),
  add max_files integer check (max_files between 1 and 20),
  add min_per_unit integer check (min_per_unit between 0 and 10000),
  add max_per_unit integer check (max_per_unit between 1 and 10000),
  add check (min_files <= max_files),
  add check (min_per_unit <= max_per_unit);
