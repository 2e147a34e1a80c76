#include "../../lib/labels.h"
#include "../tap.h"

#define HEAD "clip_id,path,artifact,artifact_category,source,notes\n"

static struct vq_labels *l;
static struct vq_err err;

static enum vq_code parse(const char *text)
{
	vq_labels_free(&l);
	memset(&err, 0, sizeof err);
	return vq_labels_parse(&l, text, strlen(text), &err);
}

static void refuses(const char *text, const char *says)
{
	is_int(parse(text), VQ_EDATA, "refused: %s", says);
	has_str(err.msg, says, "and says so");
}

static void csv(void)
{
	is_int(parse("\xEF\xBB\xBF" HEAD "b,b.mp4,false,NONE,s,\r\n"
		     "\"a,1\",\"p \"\"q\"\"\",true,TEXT_INCONSISTENCY,\"x\ny\",n\n"),
		VQ_OK, "byte order mark, CRLF, quotes, a line break in a field");
	is_int((long long)l->count, 2, "two clips");
	is_str(l->list[0].clip_id, "a,1", "sorted by clip_id; a comma in quotes");
	is_str(l->list[0].path, "p \"q\"", "doubled quotes");
	is_str(l->list[0].source, "x\ny", "line break kept");
	is_str(l->list[1].path, "b.mp4", "plain field");
	is_int(parse(HEAD "a,p,false,NONE,s,n"), VQ_OK, "no newline at the end");
	is_int(parse("source,artifact_category,artifact,path,clip_id\ns,NONE,FALSE,p,a\n"), VQ_OK,
		"columns in another order, no notes, upper-case FALSE");
	is_str(l->list[0].source, "s", "found by name");
	refuses("", "empty");
	refuses(HEAD, "no clips");
	refuses(HEAD "a,p,false,NONE,s\n", "line 2: 5 fields, expected 6");
	refuses(HEAD "a,p,false,NONE,\"s\"x,n\n", "line 2: text behind a closing quote");
	refuses(HEAD "\"x\ny\",p,false,NONE,s,n\na,p,false,NONE,s\"t,n\n",
		"line 4: a quote inside");
	refuses(HEAD "a,p,false,NONE,s,\"n\n", "not closed");
	refuses("clip_id,path,artifact,source\n", "column artifact_category is missing");
	refuses("clip_id,clip_id,path,artifact,artifact_category,source\n", "clip_id twice");
	is_int(vq_labels_parse(&l, HEAD "a\0", sizeof(HEAD "a\0") - 1, &err), VQ_EDATA,
		"a NUL byte");
}

static void values(void)
{
	refuses(HEAD "a,p,maybe,NONE,s,n\n", "artifact \"maybe\"");
	refuses(HEAD "a,p,true,NONE,s,n\n", "contradicts");
	refuses(HEAD "a,p,false,TEMPORAL_FLICKER,s,n\n", "contradicts");
	refuses(HEAD "a,p,true,FLICKER,s,n\n", "\"FLICKER\" is not known");
	refuses(HEAD "a,p,false,NONE,,n\n", "source is empty");
	refuses(HEAD ",p,false,NONE,s,n\n", "clip_id is empty");
	refuses(HEAD "a,p,false,NONE,s,n\na,p,false,NONE,t,n\n", "clip_id a is there twice");
}

#define MORE                                                                                       \
	"clip_id,path,artifact,artifact_category,source,agreement,text_inconsistency,temporal_"    \
	"flicker\n"

static void defects(void)
{
	is_int(parse(MORE "a,p,true,TEXT_INCONSISTENCY,s,both,true,true\n"
			  "b,p,true,TEMPORAL_FLICKER,s,agreed,,\n"
			  "c,p,false,NONE,s,disputed,false,false\n"
			  "d,p,true,TEMPORAL_FLICKER,s,both,,\n"
			  "e,p,true,TEXT_INCONSISTENCY,s,made,true,false\n"),
		VQ_OK, "a label for each defect");
	ok(l->list[0].defect[VQ_TEXT] && l->list[0].defect[VQ_FLICKER], "both are there");
	ok(!l->list[1].defect[VQ_TEXT] && l->list[1].defect[VQ_FLICKER], "empty: the category's");
	ok(l->list[2].defect[VQ_NONE] && l->list[2].disputed, "none, and disputed");
	ok(l->list[3].defect[VQ_TEXT] && l->list[3].defect[VQ_FLICKER], "both by agreement alone");
	ok(!l->list[0].disputed && !l->list[0].defect[VQ_NONE], "not disputed");
	ok(vq_label_scores(&l->list[0]) && !vq_label_scores(&l->list[2]), "disputed: no score");
	ok(l->list[4].made && !vq_label_scores(&l->list[4]), "made: no score");
	refuses(MORE "a,p,true,TEXT_INCONSISTENCY,s,agreed,false,true\n", "contradicts");
	refuses(MORE "a,p,false,NONE,s,agreed,true,false\n", "contradicts");
	refuses(MORE "a,p,false,NONE,s,agreed,perhaps,false\n", "text_inconsistency \"perhaps\"");
	refuses(MORE "a,p,false,NONE,s,both,,\n", "agreement both");
}

int main(void)
{
	csv();
	values();
	defects();
	is_int(parse(HEAD "b,p,false,NONE,s,n\na,p,false,NONE,s,n\n"), VQ_OK, "two clips");
	is_str(vq_labels_find(l, "b")->clip_id, "b", "found");
	ok(vq_labels_find(l, "c") == NULL, "not found");
	vq_labels_free(&l);
	is_int(vq_labels_load(&l, "/nonexistent/labels.csv", &err), VQ_ENOENT, "no such file");
	is_int(vq_labels_load(&l, "/", &err), VQ_ENOENT, "a folder");
	return done_testing();
}
