/* The examples of FIPS 180-4 (NIST's "SHA-256 example values"). */
#include "../../lib/sha256.h"
#include "../tap.h"

int main(void)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	char hex[VQ_SHA256_HEX];
	struct vq_err err;

	is_int(vq_sha256("", 0, hex, &err), VQ_OK, "nothing");
	is_str(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "digest");
	is_int(vq_sha256("abc", 3, hex, &err), VQ_OK, "one block");
	is_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "digest");
	is_int(vq_sha256(two, sizeof two - 1, hex, &err), VQ_OK, "two blocks");
	is_str(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "digest");
	return done_testing();
}
