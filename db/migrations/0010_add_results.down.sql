drop function mm.record_result(uuid, int, text, bytea, bytea);
drop type mm.result_verdict;
drop table mm.match_result;
