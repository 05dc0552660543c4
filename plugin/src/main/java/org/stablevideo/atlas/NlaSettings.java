package org.stablevideo.atlas;

/**
 * How long and on how much neural layered atlases are trained.
 *
 * @param iterations steps of Adam on all networks; 0 where time decides
 * @param minutes time that training may take, mappings' beginning included; 0 where iterations decide
 * @param batch random pixels an iteration, 16…100 000
 * @param rate learning rate of Adam, 1e-4 in the paper
 * @param seed of the networks' beginning and of the pixels
 */
public record NlaSettings(int iterations, double minutes, int batch, double rate, long seed) {

    /** As in the paper. */
    public static final NlaSettings OF_PAPER = new NlaSettings(400_000, 0, 10_000, 1e-4, 1);

    /** Raised whenever equal input gives another atlas. */
    static final int VERSION = 1;

    private static final int BOOTSTRAP = 10_000;
    private static final int GLOBAL = 5_000;

    public NlaSettings {
        boolean one = iterations > 0 && minutes == 0 || iterations == 0 && minutes > 0 && minutes <= 100_000;
        if (!one || iterations > 10_000_000 || batch < 16 || batch > 100_000 || !(rate > 0 && rate <= 0.01)) {
            throw new IllegalArgumentException("neural layered atlas of " + iterations + " iterations, " + minutes + " minutes, batch " + batch + ", rate " + rate);
        }
    }

    /** The settings as text, equal for equal settings, for cache keys. */
    public String key() {
        return "nla-" + VERSION + "-" + iterations + "-" + minutes + "-" + batch + "-" + rate + "-" + seed;
    }

    /**
     * How much of the training is behind.
     *
     * @param iteration iterations done
     * @param seconds time spent
     * @return 0…1, 1 at the end
     */
    double fraction(int iteration, double seconds) {
        return Math.min(1, iterations > 0 ? (double) iteration / iterations : seconds / (60 * minutes));
    }

    /**
     * What each {@link org.stablevideo.model.NlaNetwork.Term} counts at an iteration. As in the paper, the mask leads the opacity for 10 000 iterations
     * and rigidity is asked for over 100 pixels for 5 000; of a training of less than 20 000 these are the first half and the first quarter, because an
     * opacity that is let go before it has learned the mask takes the layers for one another.
     */
    float[] weights(int iteration, double fraction) {
        boolean led = iteration < BOOTSTRAP && fraction < 0.5;
        boolean far = iteration < GLOBAL && fraction < 0.25;
        return new float[] {5000, 1000, 1000, 1, 1, far ? 5 : 0, far ? 50 : 0, 5, 5, 49, led ? 2000 : 0};
    }

    /** Whether the beginning is shorter than the paper's. */
    boolean shortened() {
        return iterations == 0 || iterations < 2 * BOOTSTRAP;
    }

    /** Whether the mappings need another step of their beginning: 100 a frame in the paper; of short trainings a share that takes about a twentieth of the time. */
    boolean settling(int step, int frames, double seconds) {
        int most = 100 * frames;
        return step < (iterations > 0 ? Math.min(most, Math.max(100, iterations / 2)) : seconds < 0.05 * 60 * minutes ? most : 0);
    }
}
