.pragma library

// The panel, from top to bottom. Names, ranges, choices and values are those of EffectParameter.java; a test compares them.
// With "more": true a parameter shows only when more settings are asked for. "suggestions" are [title, text].
var table = [
    {"key": "foreground", "kind": "text", "value": "", "title": "Object",
     "help": "What the object should become, for instance: a red car. Empty keeps it as it is.",
     "suggestions": [["Red car", "a red car"], ["Gold", "polished gold"], ["White", "painted white"]]},
    {"key": "background", "kind": "text", "value": "", "title": "Background",
     "help": "What the background should become, for instance: a snowy winter day. Empty keeps it as it is.",
     "suggestions": [["Snowy winter", "a snowy winter day, snow covered ground and trees"], ["Golden desert", "a golden sand desert with dunes"],
                     ["Night in the city", "a city at night, dark blue sky, street lights"], ["Autumn leaves", "an autumn forest, red and orange leaves"],
                     ["Sunset", "a sunset, orange and pink sky"], ["Open sea", "the blue ocean, sea waves"],
                     ["Spring meadow", "a green meadow in spring, fresh grass and flowers"]]},
    {"key": "preset", "kind": "text", "value": "", "title": "Look",
     "help": "A look by name, one of ours or your own; what you write or set here yourself wins over it.",
     "suggestions": [["None", ""], ["Snowy winter", "snowy-winter"], ["Golden desert", "golden-desert"], ["Night in the city", "night-city"],
                     ["Autumn leaves", "autumn"], ["Sunset", "sunset"], ["Open sea", "ocean"], ["Spring meadow", "spring-meadow"],
                     ["A red car", "red-car"], ["Golden statue", "golden-statue"], ["White in the snow", "white-on-snow"]]},
    {"key": "light", "kind": "number", "value": 0.7, "minimum": 0, "maximum": 1, "decimals": 2, "title": "Light of the shot",
     "help": "How much of the light and shadow of the shot stays on what is edited. Acts at once."},
    {"key": "detail", "kind": "number", "value": 0.6, "minimum": 0, "maximum": 1, "decimals": 2, "title": "Detail of the shot",
     "help": "How much of the fine detail of the shot stays on what is edited. Acts at once."},
    {"key": "mix", "kind": "number", "value": 100, "minimum": 0, "maximum": 100, "decimals": 0, "animated": true, "title": "Mix",
     "help": "How much of the edit is laid over the source, in per cent. May be keyframed. Acts at once."},
    {"key": "seed", "kind": "integer", "value": 1, "minimum": -1, "maximum": 2000000000, "title": "Seed", "dice": true,
     "help": "Another number gives another variation; the same number gives the same picture again. The button draws one. -1 draws one at each Apply."},
    {"key": "strength", "kind": "number", "value": 0.8, "minimum": 0.05, "maximum": 1, "decimals": 2, "title": "Strength",
     "help": "How much each next key frame is painted anew."},
    {"key": "quality", "kind": "choice", "value": "good", "choices": ["draft", "good", "best"], "titles": ["Draft", "Good", "Best"], "title": "Quality",
     "help": "How much time the edit may take."},
    {"key": "model", "kind": "text", "value": "auto", "title": "Model",
     "help": "Which model paints. auto takes the best one; \"stablevideo models list\" in a terminal tells which there are.",
     "suggestions": [["Automatic", "auto"], ["Pocket (bundled)", "pocket"]]},
    {"key": "negative", "kind": "text", "value": "", "title": "Not shown", "more": true,
     "help": "What must not be shown. Empty takes the usual.",
     "suggestions": [["People", "people"], ["Text", "text"], ["Blur", "blur"]]},
    {"key": "mask", "kind": "text", "value": "", "title": "Mask", "more": true,
     "help": "File of a black and white clip or picture of the object. Without it the object is found by its motion."},
    {"key": "method", "kind": "choice", "value": "auto", "choices": ["auto", "atlas", "pix2video"],
     "titles": ["Automatic", "Atlas", "Frame by frame (Pix2Video)"], "title": "Method", "more": true,
     "help": "Atlas paints once and moves the paint with the shot. Frame by frame is for things that turn and bend too much for it; it takes minutes."},
    {"key": "guidance", "kind": "number", "value": 0, "minimum": 0, "maximum": 50, "decimals": 1, "title": "Guidance", "more": true,
     "help": "How closely the picture follows the words. 0 takes what is best for the model."},
    {"key": "steps", "kind": "integer", "value": 0, "minimum": 0, "maximum": 1000, "title": "Steps", "more": true,
     "help": "How many steps the painter takes. 0 takes what is best for the model."},
    {"key": "sampler", "kind": "choice", "value": "auto", "choices": ["auto", "ddim", "ddim-trailing", "euler-a", "dpm++2m", "lcm"],
     "titles": ["Automatic", "DDIM", "DDIM trailing", "Euler a", "DPM++ 2M", "LCM"], "title": "Sampler", "more": true,
     "help": "How the painter takes noise out."},
    {"key": "eta", "kind": "number", "value": 0, "minimum": 0, "maximum": 1, "decimals": 2, "title": "Eta", "more": true,
     "help": "How much fresh noise each step of the sampler DDIM adds."},
    {"key": "control", "kind": "text", "value": "", "title": "Structure", "more": true,
     "help": "What of the shot's structure is kept, how strongly and from when to when, for instance: edges:0.8@0-0.6,depth.",
     "suggestions": [["Automatic", ""], ["Edges", "edges"], ["Depth", "depth"], ["Both", "edges,depth"]]},
    {"key": "lora", "kind": "text", "value": "", "title": "LoRAs", "more": true,
     "help": "LoRAs for Stable Diffusion, with their weights, for instance: film:0.8,lcm. The bundled model takes none."},
    {"key": "keyframes", "kind": "text", "value": "auto", "title": "Key frames", "more": true,
     "help": "Frames to paint, such as 0,40,79; auto shows every side of the object."},
    {"key": "wait", "kind": "choice", "value": "auto", "choices": ["auto", "yes", "no"], "titles": ["Exports only", "Always", "Never"],
     "title": "Wait for the edit", "more": true,
     "help": "Exports wait until the edit is there. A preview never waits, unless you say so here."},
    {"key": "keep", "kind": "choice", "value": "cache", "choices": ["cache", "clip"], "titles": ["In the cache", "Beside the clip too"],
     "title": "Keep the edit", "more": true,
     "help": "Beside the clip: each Apply also puts the edit into the folder stablevideo-edits beside the clip, to travel with it."}
];

// What is wanted, above the button that makes it.
function words() {
    return table.slice(0, 3);
}

// How it is made.
function settings() {
    return table.slice(3);
}

// What Shotcut's presets hold: how an edit looks, not on which clip.
function presettable() {
    var apart = ["mask", "keyframes", "wait", "keep", "preset"];
    return table.map(function (parameter) { return parameter.key; }).filter(function (key) { return apart.indexOf(key) < 0; });
}
