package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.clip.SharedFrames;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Resample;
import org.stablevideo.render.Box;

/**
 * Matches the colours of frames that were painted one by one, so that they stand beside a layer that was painted once and does not flicker: mean and
 * spread of every channel over the layer (Reinhard et al. 2001) become those that the frames around have on average.
 */
final class ColourMatch {

    private static final int RADIUS = 6;
    private static final double SIGMA = 3;
    private static final double MOST_GAIN = 1.5;

    private ColourMatch() {}

    /** The same shot with even colours. */
    static PaintedShot of(PaintedShot shot, Atlas atlas) {
        int count = shot.pictures().size();
        double[][] own = new double[count][];
        for (int t = 0; t < count; t++) {
            own[t] = statistics(shot.pictures().get(t), weight(shot, atlas, t));
        }
        List<Picture> even = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            even.add(own[t] == null ? shot.pictures().get(t) : matched(shot.pictures().get(t), own[t], around(own, t)));
        }
        return new PaintedShot(shot.layer(), shot.extent(), shot.boxes(), even);
    }

    /** The same shot with the colours that its layer has in the frames that it shares with a part that was painted before; unchanged where that has none. */
    static PaintedShot goingOn(PaintedShot shot, Atlas atlas, EditedPart origin) {
        Optional<PaintedShot> before = origin.framewise(atlas, shot.layer());
        if (before.isEmpty()) {
            return shot;
        }
        SharedFrames shared = SharedFrames.of(atlas.clip(), origin.atlas().clip());
        List<double[]> own = new ArrayList<>();
        List<double[]> wanted = new ArrayList<>();
        for (int t = shared.first(); t < shared.end(); t++) {
            double[] here = statistics(shot.pictures().get(t), weight(shot, atlas, t));
            int other = t + shared.shift();
            double[] known = statistics(before.get().pictures().get(other), weight(before.get(), origin.atlas(), other));
            if (here != null && known != null) {
                own.add(here);
                wanted.add(known);
            }
        }
        if (own.isEmpty()) {
            return shot;
        }
        double[] from = mean(own);
        double[] to = mean(wanted);
        return new PaintedShot(shot.layer(), shot.extent(), shot.boxes(), shot.pictures().stream().map(picture -> matched(picture, from, to)).toList());
    }

    private static double[] mean(List<double[]> all) {
        double[] out = new double[6];
        for (double[] one : all) {
            for (int k = 0; k < out.length; k++) {
                out[k] += one[k] / all.size();
            }
        }
        return out;
    }

    private static float[] weight(PaintedShot shot, Atlas atlas, int t) {
        Box box = shot.boxes().get(t);
        float[] share = ShotRenderer.share(atlas, shot.layer(), t, shot.extent());
        return Resample.resize(Crop.cut(share, shot.extent(), box), box.size(), shot.size());
    }

    /** Means, then spreads, of the three channels; null where nothing of the layer shows. */
    private static double[] statistics(Picture picture, float... weight) {
        double[] sum = new double[3];
        double[] square = new double[3];
        double total = 0;
        for (int i = 0; i < weight.length; i++) {
            total += weight[i];
            for (int k = 0; k < 3; k++) {
                double value = picture.rgb()[3 * i + k] & 255;
                sum[k] += weight[i] * value;
                square[k] += weight[i] * value * value;
            }
        }
        if (total < 1) {
            return null;
        }
        double[] out = new double[6];
        for (int k = 0; k < 3; k++) {
            out[k] = sum[k] / total;
            out[3 + k] = Math.sqrt(Math.max(0, square[k] / total - out[k] * out[k]));
        }
        return out;
    }

    private static double[] around(double[][] own, int t) {
        double[] out = new double[6];
        double total = 0;
        for (int s = Math.max(0, t - RADIUS); s <= Math.min(own.length - 1, t + RADIUS); s++) {
            if (own[s] != null) {
                double weight = Math.exp(-(s - t) * (s - t) / (2 * SIGMA * SIGMA));
                total += weight;
                for (int k = 0; k < 6; k++) {
                    out[k] += weight * own[s][k];
                }
            }
        }
        for (int k = 0; k < 6; k++) {
            out[k] /= total;
        }
        return out;
    }

    private static Picture matched(Picture picture, double[] own, double... wanted) {
        FrameSize size = picture.size();
        byte[] rgb = new byte[size.rgbBytes()];
        for (int k = 0; k < 3; k++) {
            double gain = Math.max(1 / MOST_GAIN, Math.min(MOST_GAIN, (wanted[3 + k] + 1) / (own[3 + k] + 1)));
            for (int i = k; i < rgb.length; i += 3) {
                double value = (picture.rgb()[i] & 255) - own[k];
                rgb[i] = (byte) Math.round(Math.max(0, Math.min(255, wanted[k] + gain * value)));
            }
        }
        return new Picture(size, rgb);
    }
}
