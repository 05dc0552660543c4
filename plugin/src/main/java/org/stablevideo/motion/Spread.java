package org.stablevideo.motion;

/**
 * Where the object is likely to be in a frame: an upright ellipse around the middle of its votes.
 *
 * @param x middle in pixels
 * @param y middle in pixels
 * @param sx standard deviation across, in pixels; 0 when there were no votes
 * @param sy standard deviation down
 */
record Spread(double x, double y, double sx, double sy) {

    static Spread of(float[] votes, int w) {
        double sum = 0;
        double mx = 0;
        double my = 0;
        for (int i = 0; i < votes.length; i++) {
            double p = strong(votes[i]);
            sum += p;
            mx += p * (i % w);
            my += p * (i / w);
        }
        if (sum < 4) {
            return new Spread(0, 0, 0, 0);
        }
        mx /= sum;
        my /= sum;
        double vx = 0;
        double vy = 0;
        for (int i = 0; i < votes.length; i++) {
            double p = strong(votes[i]);
            vx += p * (i % w - mx) * (i % w - mx);
            vy += p * (i / w - my) * (i / w - my);
        }
        return new Spread(mx, my, Math.sqrt(vx / sum) + 2, Math.sqrt(vy / sum) + 2);
    }

    private static double strong(float vote) {
        return vote < 0.2f ? 0 : vote * vote;
    }

    /** Log odds for a place: +0.7 in the middle, falling to −2 far outside; 0 when nothing is known. */
    float evidence(int px, int py) {
        if (sx == 0) {
            return 0;
        }
        double dx = (px - x) / sx;
        double dy = (py - y) / sy;
        return (float) Math.max(-2, 0.7 - 0.3 * (dx * dx + dy * dy));
    }
}
