drop function mm.purge(interval, interval, int);
