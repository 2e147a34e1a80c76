# The examples of a manual page (mdoc) or of README, as scripts that end in a zero byte:
#	awk -f tests/examples.awk man/vidqc.1
#	awk -v readme=1 -f tests/examples.awk README.md
# In a page: each .Dl and each .Bd of the section EXAMPLES.  In README: what is fenced as sh.
# What a reader could take for code and is neither is an error.
function put() {
	if (script != "")
		printf "%s%c", script, 0
	script = ""
}

function unescaped(line) {
	gsub(/\\\(dq/, "\"", line)
	gsub(/\\&/, "", line)
	gsub(/\\e/, "\\", line)
	return line
}

function wrong(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what >"/dev/stderr"
	failed = 1
}

readme && /^```/ {
	if (fence == "") {
		fence = substr($0, 4)
		if (fence != "sh" && fence != "text")
			wrong("fenced as neither sh nor text")
	} else {
		put()
		fence = ""
	}
	next
}
readme && fence == "sh" { script = script $0 "\n" }
readme && fence == "" && /^(    |\t)/ { wrong("indented code; fence it") }

!readme && /^\.Sh/ { examples = $0 == ".Sh EXAMPLES" }
!readme && examples && /^\.Dl / { script = unescaped(substr($0, 5)) "\n"; put() }
!readme && examples && /^\.Ed/ { put(); block = 0 }
!readme && examples && block { script = script unescaped($0) "\n" }
!readme && examples && /^\.Bd/ { block = 1 }

END {
	if (fence != "" || block)
		wrong("no end of an example")
	exit failed
}
