/* vidqc-config: the merged configuration, or the table of its keys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "../lib/record.h"
#include "cli.h"

static const char usage[] =
	"usage: vidqc-config [options]\n"
	"Print the configuration as one JSON object: the defaults with every --config and\n"
	"--set merged over them.\n"
	"\n"
	"  --table         print the keys as records instead: type, default, range, help\n"
	"  --config FILE   merge a JSON configuration\n"
	"  --set KEY=VALUE set one configuration key\n"
	"  -h, --help      print this text\n"
	"  --version       print the version\n";

enum { OPT_TABLE = CLI_OWN };

static const struct option options[] = {
	CLI_OPTIONS,
	{"table", no_argument, NULL, OPT_TABLE},
	{0},
};

static json_t *row_record(const struct vq_config_row *row)
{
	json_t *def = strcmp(row->type, "STR") == 0 || strcmp(row->type, "CHOICE") == 0
			      ? json_string(row->def)
			      : json_loads(row->def, JSON_DECODE_ANY, NULL);
	json_t *rec = json_pack("{s:s, s:s, s:s, s:o, s:f, s:f, s:s}", "type", "key", "key",
		row->key, "value", row->type, "default", def, "min", row->min, "max", row->max,
		"help", row->help);

	if (rec != NULL && strcmp(row->type, "CHOICE") == 0) {
		json_object_del(rec, "min");
		json_object_del(rec, "max");
	}
	return rec;
}

static enum vq_code write_table(struct vq_err *err)
{
	enum vq_code code = VQ_OK;

	for (int i = 0; i < VQ_CFG_COUNT && code == VQ_OK; i++)
		code = vq_record_write(
			stdout, row_record(vq_config_row((enum vq_config_id)i)), err);
	return code;
}

static enum vq_code write_config(const struct vq_config *config, struct vq_err *err)
{
	json_t *all = vq_config_json(config);
	char *s = all == NULL ? NULL : json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	enum vq_code code = VQ_OK;

	json_decref(all);
	if (s == NULL)
		return vq_nomem(err);
	if (puts(s) == EOF)
		code = vq_fail(err, VQ_EIO, "write: ");
	free(s);
	return code;
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct vq_err err;
	enum vq_code code;
	bool table = false;
	int opt;

	cli_init(&cli, "vidqc-config", usage);
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (opt) {
		case OPT_TABLE:
			table = true;
			break;
		default:
			cli_option(&cli, opt);
		}
	if (optind < argc)
		cli_usage(&cli, "unexpected operand %s", argv[optind]);
	code = table ? write_table(&err) : write_config(cli.config, &err);
	return cli_close(&cli, code == VQ_OK ? EX_OK : cli_fail(&cli, "stdout", &err));
}
