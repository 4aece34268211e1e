drop function mm.hand_over(text, bigint, int, interval, int);
