package org.stablevideo.render;

/**
 * How an edit is laid over the shot; may change from frame to frame and needs no new edit.
 *
 * @param light share of the shot's light (low-passed ratio of frame to atlas) kept on edited layers, in [0, 1]
 * @param detail share of the shot's fine detail kept on edited layers, in [0, 1]
 * @param mix 0 shows the source, bit-exact; 1 the edit
 */
public record RenderSettings(double light, double detail, double mix) {

    /** What a user gets without asking. */
    public static final RenderSettings DEFAULT = new RenderSettings(0.7, 0.6, 1.0);

    public RenderSettings {
        if (!(light >= 0 && light <= 1 && detail >= 0 && detail <= 1 && mix >= 0 && mix <= 1)) {
            throw new IllegalArgumentException("light, detail and mix are in [0, 1], got " + light + ", " + detail + ", " + mix);
        }
    }
}
