# NATS nkeys for users: ed25519 keys in base32 with a type prefix and a checksum. Makes and reads
# them with no more than perl-base and openssl.
#   perl nkey.pl new              print a fresh seed
#   perl nkey.pl public FILE      print the public key of the seed in FILE
#   perl nkey.pl sign FILE NONCE  print the signature that answers a server's nonce, in base64url
use strict;
use warnings;

# First bytes before base32: 'S' with the kind in the next five bits, and 'U' for a user.
use constant {SEED => 18 << 3, USER => 20 << 3};
# What stands before the 32 bytes of an ed25519 private key in PKCS 8.
use constant PKCS8 => pack 'H*', '302e020100300506032b657004220420';
my @alphabet = ('A' .. 'Z', '2' .. '7');

sub base32 { # bytes
    my $bits = unpack 'B*', $_[0];
    $bits .= '0' while length($bits) % 5;
    return join '', map { $alphabet[oct "0b$_"] } $bits =~ /.{5}/g;
}

sub bytes { # base32
    my %value = map { $alphabet[$_] => sprintf '%05b', $_ } 0 .. 31;
    my $bits = join '', map { $value{$_} // die "not base32\n" } split //, $_[0];
    return pack 'B*', substr $bits, 0, length($bits) & ~7;
}

# CRC-16 with the polynomial 0x1021 and start 0 (XMODEM), as in the nkeys specification.
sub checksum { # bytes
    my $crc = 0;
    for my $byte (unpack 'C*', $_[0]) {
        $crc ^= $byte << 8;
        $crc = ($crc & 0x8000 ? $crc << 1 ^ 0x1021 : $crc << 1) & 0xffff for 1 .. 8;
    }
    return pack 'v', $crc;
}

sub encode { return base32($_[0] . checksum($_[0])) } # bytes with their prefix

sub private_key { # file of a seed
    open my $in, '<', $_[0] or die "$_[0]: $!\n";
    my ($seed) = (<$in> // '') =~ /^(SU[A-Z2-7]{56})\s*$/ or die "$_[0]: not the seed of a user\n";
    my $bytes = bytes($seed);
    checksum(substr $bytes, 0, 34) eq substr $bytes, 34 or die "$_[0]: wrong checksum\n";
    return substr $bytes, 2, 32;
}

# Writes into a file without a name and gives the path by which a child process can read it.
sub anonymous { # bytes
    open my $file, '+>', undef or die "temporary file: $!\n";
    binmode $file;
    print {$file} $_[0];
    $file->flush;
    seek $file, 0, 0;
    return ($file, '/dev/fd/' . fileno $file);
}

sub openssl { # arguments
    open my $out, '-|', 'openssl', @_ or die "openssl: $!\n";
    binmode $out;
    local $/;
    my $bytes = <$out>;
    close $out or die "openssl $_[0] failed\n";
    return $bytes;
}

use IO::Handle;
$^F = 255; # Children inherit the files above.
umask 077;
my ($action, $file, $nonce) = @ARGV;
if ($action eq 'new') {
    open my $random, '<', '/dev/urandom' or die "/dev/urandom: $!\n";
    read($random, my $key, 32) == 32 or die "/dev/urandom: short read\n";
    print encode(pack('CC', SEED | USER >> 5, (USER & 31) << 3) . $key);
    exit;
}
my ($key, $path) = anonymous(PKCS8 . private_key($file));
if ($action eq 'public') {
    my $spki = openssl('pkey', '-inform', 'DER', '-in', $path, '-pubout', '-outform', 'DER');
    print encode(pack('C', USER) . substr $spki, -32);
} elsif ($action eq 'sign') {
    my ($message, $message_path) = anonymous($nonce);
    my $signature = openssl(
        'pkeyutl', '-sign', '-rawin', '-keyform', 'DER', '-inkey', $path, '-in', $message_path);
    my $text = pack 'u', $signature;
    # uuencode to base64url: drop the length characters, then change the alphabet.
    $text =~ s/^.//gm;
    $text =~ s/\n//g;
    $text =~ tr{` -_}{AA-Za-z0-9\-_};
    print substr $text, 0, int((length($signature) * 8 + 5) / 6);
} else {
    die "no such action: $action\n";
}
