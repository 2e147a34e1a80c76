# The made clips of vidqc synth and vidqc selftest, a record each: name, class, kind, scene
# and the commands that draw it, joined by pipes.  Input: the records of vidqc-glitch
# --list=json; $scenes: names; $count, $seed.  Every kind meets every scene in turn, whole
# pictures and parts, with text that stays in it and without.

# In [0,1), spread evenly over i (the golden ratio and its like).
def spread($i; $salt): ($i + 1) * 0.6180339887498949 + $seed * 0.7548776662466927
	+ $salt * 0.5698402909980532 | . - floor;
def pick($list; $i; $salt): $list[spread($i; $salt) * ($list | length) | floor];

# A word of a command line, quoted where it must be.
def word: tostring | if test("^[A-Za-z0-9_,.:=+-]+$") then . else @sh end;
def glitch($options): "vidqc-glitch " + ($options | map(word) | join(" "));

# Boxes for text, one for flicker in a part of 640x360.
def text_boxes: ["60,40,400,60", "180,250,380,56", "40,160,300,44", "330,24,280,80"];
def part_boxes: ["360,110,210,120", "20,20,200,130", "240,200,240,140"];

def strength($k; $i): $k.default * (0.8 + 0.7 * spread($i; 1))
	| [., $k.max] | min | . * 1000 | round / 1000;

def options($k; $i; $round):
	["--kind", $k.kind, "--seed", ($seed * 100000 + $i)]
	+ (if $k.class == "NONE" then [] else ["--strength", strength($k; $i)] end)
	+ (if ($k.options | any(. == "boxes" or . == "text")) then ["--box", pick(text_boxes; $i; 2)]
		elif $k.class == "TEMPORAL_FLICKER" and $round % 2 == 1
		then ["--box", pick(part_boxes; $i; 3)]
		else [] end);

# Letters that stay, for what changes letters to change and for what does not to leave alone.
def steady_text($k; $i; $round):
	if ($k.options | any(. == "boxes")) or (($k.options | all(. != "text")) and ($i + $round) % 2 == 0)
	then [["--kind", "caption", "--seed", ($seed * 100000 + $i), "--box", pick(text_boxes; $i; 2)]]
	else [] end;

. as $kinds
| ($kinds | length + 1) as $n
| range($count) as $i
| ($i / $n | floor) as $round
| (if $i % $n == 0 then {kind: "plain", class: "NONE", options: []} else $kinds[$i % $n - 1] end) as $k
| $scenes[$i % ($scenes | length)] as $scene
| (steady_text($k; $i; $round)
	+ if $k.kind == "plain" then [] else [options($k; $i; $round)] end) as $stages
| {name: ("synth-\($seed)-" + ("0000\($i)" | .[-4:]) + "-\($k.kind)"), class: $k.class, kind: $k.kind,
	scene: $scene,
	command: (["vidqc-draw --scene \($scene) --seed \($seed * 100000 + $i) --rate \(pick([15, 24, 30]; $i; 4))"]
		+ ($stages | map(glitch(.))) | join(" | "))}
