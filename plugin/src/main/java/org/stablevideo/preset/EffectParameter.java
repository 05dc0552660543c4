package org.stablevideo.preset;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/**
 * The one table of what a user can set. The names are those of the filter's properties, of preset fields and of command line options; a test
 * compares this table with the filter's yml, the Kdenlive effect, the preset schema and the options.
 *
 * <p>A value travels as text. An empty text always means “not set”, and so does the default where a preset has something to say: hosts send every
 * parameter, touched or not (see {@link EffectSettings}).
 */
public enum EffectParameter {
    FOREGROUND(Kind.TEXT, "", "What the object should become; several objects have | between them; empty leaves it as it is", true),
    BACKGROUND(Kind.TEXT, "", "What the background should become; empty leaves it as it is", true),
    NEGATIVE(Kind.TEXT, "", "What must not be shown; empty takes the model's own", true),
    PRESET(Kind.TEXT, "", "Name of a preset whose values are used where you set none", false),
    METHOD(List.of("auto", "atlas", "pix2video"), "auto", "How the edit is carried through the shot", true),
    MODEL(Kind.TEXT, "auto", "Picture model; auto takes the best one installed", true),
    SEED(-1, 2_000_000_000, "1", "Number that decides the noise: same seed, same picture; -1 or random draws another one at each Apply"),
    STEPS(0, 1000, "0", "Sampling steps; 0 takes the model's own"),
    GUIDANCE(0.0, 50.0, "0", "How closely the picture follows the words; 0 takes the model's own", true, false),
    SAMPLER(List.of("auto", "ddim", "ddim-trailing", "euler-a", "dpm++2m", "lcm"), "auto", "How noise is taken out; auto takes the model's own", true),
    LORA(Kind.TEXT, "", "LoRAs for Stable Diffusion, with their weights: film:0.8,lcm", true),
    CONTROL(Kind.TEXT, "", "Structure that is kept, such as edges:0.8@0-0.6,depth; empty takes the model's own", true),
    ETA(0.0, 1.0, "0", "Share of fresh noise in each step of DDIM", true, false),
    STRENGTH(0.05, 1.0, "0.8", "How much each next key frame is painted anew", true, false),
    KEYFRAMES(Kind.FRAMES, "auto", "Frames to paint, such as 0,40,79; auto lets coverage decide", false),
    MASK(Kind.TEXT, "",
            "Matte clip, picture or sequence of the object, box or point on it (box:20,30,40,50@12), several with +; of several objects with | between; "
                    + "empty goes by motion", false),
    LIGHT(0.0, 1.0, "0.7", "Share of the shot's own light kept on what is edited", true, false),
    DETAIL(0.0, 1.0, "0.6", "Share of the shot's own fine detail kept on what is edited", true, false),
    MIX(0.0, 100.0, "100", "Per cent of the edit over the source; may be keyframed", true, true),
    QUALITY(List.of("draft", "good", "best"), "good", "How much time the edit may take", true),
    WAIT(List.of("auto", "yes", "no"), "auto", "Whether a frame waits for its edit; auto waits in renders, not in previews", false),
    KEEP(List.of("cache", "clip"), "cache", "Where a finished edit is kept: in the cache alone, or beside the clip too, to travel with it", false),
    RESULTS(Kind.TEXT, "", "Name of the finished edit; written by the effect", false);

    /** How a value reads. */
    public enum Kind {
        /** Any text. */
        TEXT,
        /** A whole number within the range. */
        INTEGER,
        /** A real number within the range. */
        NUMBER,
        /** One of the choices. */
        CHOICE,
        /** {@code auto}, or frame numbers with commas or blanks between them. */
        FRAMES
    }

    private final Kind kind;
    private final double minimum;
    private final double maximum;
    private final List<String> choices;
    private final String defaultText;
    private final String help;
    private final boolean presettable;
    private final boolean animated;

    EffectParameter(Kind kind, String defaultText, String help, boolean presettable) {
        this(kind, Double.NaN, Double.NaN, List.of(), defaultText, help, presettable, false);
    }

    EffectParameter(List<String> choices, String defaultText, String help, boolean presettable) {
        this(Kind.CHOICE, Double.NaN, Double.NaN, choices, defaultText, help, presettable, false);
    }

    EffectParameter(int minimum, int maximum, String defaultText, String help) {
        this(Kind.INTEGER, minimum, maximum, List.of(), defaultText, help, true, false);
    }

    EffectParameter(double minimum, double maximum, String defaultText, String help, boolean presettable, boolean animated) {
        this(Kind.NUMBER, minimum, maximum, List.of(), defaultText, help, presettable, animated);
    }

    EffectParameter(
            Kind kind,
            double minimum,
            double maximum,
            List<String> choices,
            String defaultText,
            String help,
            boolean presettable,
            boolean animated) {
        this.kind = kind;
        this.minimum = minimum;
        this.maximum = maximum;
        this.choices = choices;
        this.defaultText = defaultText;
        this.help = help;
        this.presettable = presettable;
        this.animated = animated;
    }

    /** Name as a property, preset field and option, without dashes: {@code foreground}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How its value reads. */
    public Kind kind() {
        return kind;
    }

    /** Least value of a number; NaN for others. */
    public double minimum() {
        return minimum;
    }

    /** Greatest value of a number; NaN for others. */
    public double maximum() {
        return maximum;
    }

    /** What a choice may be, in order; empty for others. */
    public List<String> choices() {
        return choices;
    }

    /** The value that a host sends when the user has touched nothing. */
    public String defaultText() {
        return defaultText;
    }

    /** One line for a person, without full stop. */
    public String help() {
        return help;
    }

    /** Whether a preset may hold it: how an edit looks, not on which clip or when. */
    public boolean presettable() {
        return presettable;
    }

    /** Whether the host may change it from frame to frame. */
    public boolean animated() {
        return animated;
    }

    /** The parameter of that name; empty when there is none. */
    public static Optional<EffectParameter> named(String key) {
        return Arrays.stream(values()).filter(parameter -> parameter.key().equals(key)).findFirst();
    }

    /**
     * Checks that a text is a value of this parameter.
     *
     * @return the text, trimmed unless it is free text
     * @throws ProblemException with {@link RequestInvalid} naming the parameter, the text and what it may be
     */
    public String check(String text) {
        String trimmed = kind == Kind.NUMBER ? text.trim().replace(',', '.') : text.trim();
        trimmed = this == SEED && trimmed.equalsIgnoreCase("random") ? "-1" : trimmed;
        boolean good = switch (kind) {
            case TEXT -> true;
            case CHOICE -> choices.contains(trimmed);
            case INTEGER -> isNumber(trimmed) && isWhole(trimmed) && inRange(Double.parseDouble(trimmed));
            case NUMBER -> isNumber(trimmed) && inRange(Double.parseDouble(trimmed));
            case FRAMES -> trimmed.equals("auto") || trimmed.matches("\\d{1,8}([,;\\s]+\\d{1,8})*");
        };
        if (!good) {
            String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
            throw new ProblemException(
                    new RequestInvalid("“" + shown + "” is no value for " + key() + ".", "Give " + expectation() + "."));
        }
        return kind == Kind.TEXT ? text : kind == Kind.INTEGER ? plain(new BigDecimal(trimmed)) : trimmed;
    }

    /** Whether a checked value is the default. */
    boolean isDefault(String value) {
        return switch (kind) {
            case INTEGER, NUMBER -> Double.parseDouble(value) == Double.parseDouble(defaultText);
            case TEXT, CHOICE, FRAMES -> value.trim().equals(defaultText);
        };
    }

    /** What a value may be, for a sentence that begins with “Give”. */
    public String expectation() {
        return switch (kind) {
            case TEXT -> "any text";
            case CHOICE -> "one of " + String.join(", ", choices);
            case INTEGER -> String.format(Locale.ROOT, "a whole number from %.0f to %.0f", minimum, maximum);
            case NUMBER -> "a number from " + plain(minimum) + " to " + plain(maximum);
            case FRAMES -> "auto, or frame numbers such as 0,40,79";
        };
    }

    private boolean inRange(double value) {
        return value >= minimum && value <= maximum;
    }

    private static boolean isNumber(String text) {
        return text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?");
    }

    /** Kdenlive writes a whole number beyond a million as {@code 1.97938e+09}. */
    private static boolean isWhole(String number) {
        return number.length() < 32 && new BigDecimal(number).stripTrailingZeros().scale() <= 0;
    }

    private static String plain(double value) {
        return plain(new BigDecimal(Double.toString(value)));
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }
}
