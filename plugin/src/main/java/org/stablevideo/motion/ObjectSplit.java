package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.progress.Progress;

/**
 * Takes what moves apart into single things. In the frame that shows enough of them apart from each other most clearly, each connected region becomes a
 * thing; from there the things are carried along the motion, and wherever they are apart again, a whole region becomes that of the thing that fills it.
 * While they touch or pass each other, pixels go to the thing whose motion brought them there.
 */
final class ObjectSplit {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectSplit.class);

    private static final float INSIDE = 0.5f;

    /** Least area of a thing, as a share of the largest one in the frame; smaller ones are parts of others. */
    private static final double LEAST_SHARE = 0.12;

    private static final int LEAST_AREA = 12;

    /** Least share of the clip in which things must be apart to be told apart. */
    private static final double APART = 0.1;

    /** Share of a region that one thing must fill to get all of it. */
    private static final double ALL = 0.8;

    /** Regions more than things, as a thing may lie in several. */
    private static final int SPARE = 2;

    /** Share of a region that must have come from known things. */
    private static final double KNOWN = 0.15;

    private final CoarseClip clip;
    private final float[][] maps;
    private final MapRegions[] regions;

    private ObjectSplit(CoarseClip clip, float[][] maps) {
        this.clip = clip;
        this.maps = maps;
        regions = new MapRegions[maps.length];
        FrameWorkers.each(maps.length, "telling objects apart", Progress.NONE, t -> regions[t] = MapRegions.of(clip.size(), maps[t], INSIDE));
    }

    /**
     * Takes apart by place and motion: regions that move alike are one thing, of which something else may hide the middle.
     *
     * @param maps how far each pixel moves on its own, in [0, 1], one a coarse frame
     * @param most things that are wanted
     * @return maps of one to {@code most} things, the largest first, that sum to the given ones
     */
    static List<float[][]> byMotion(CoarseClip clip, float[][] maps, int most) {
        if (most == 1) {
            return Collections.singletonList(maps);
        }
        ObjectSplit split = new ObjectSplit(clip, maps);
        for (int count = most + SPARE; count > 1; count--) {
            int start = split.start(count);
            if (start >= 0) {
                List<float[][]> things = new ThingMotion(clip).joined(split.carry(start, count), most);
                if (things.size() > 1) {
                    LOG.debug("{} things of their own motion told apart from frame {} on", things.size(), start);
                    return things;
                }
            }
        }
        return Collections.singletonList(maps);
    }

    /** As {@link #byMotion}, by place alone: also things that move alike, such as people who walk side by side. */
    static List<float[][]> byPlace(CoarseClip clip, float[][] maps, int most) {
        ObjectSplit split = new ObjectSplit(clip, maps);
        for (int count = most; count > 1; count--) {
            int start = split.start(count);
            if (start >= 0) {
                LOG.debug("{} things told apart from frame {} on", count, start);
                return split.carry(start, count);
            }
        }
        return Collections.singletonList(maps);
    }

    /** The frame that shows so many things apart most clearly; -1 where too few do. */
    private int start(int count) {
        int best = -1;
        double clearest = 0;
        int apart = 0;
        for (int t = 0; t < regions.length; t++) {
            int[] ranked = regions[t].ranked();
            if (ranked.length < count) {
                continue;
            }
            int largest = regions[t].area(ranked[0]);
            int least = regions[t].area(ranked[count - 1]);
            if (least >= LEAST_AREA && least >= LEAST_SHARE * largest) {
                apart++;
                if (least > clearest) {
                    clearest = least;
                    best = t;
                }
            }
        }
        return apart >= Math.max(1, APART * regions.length) ? best : -1;
    }

    private List<float[][]> carry(int start, int count) {
        float[][][] owned = new float[maps.length][][];
        owned[start] = first(start, count);
        for (int way = -1; way <= 1; way += 2) {
            for (int t = start + way; t >= 0 && t < maps.length; t += way) {
                owned[t] = next(owned[t - way], t, way);
            }
        }
        List<float[][]> things = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            float[][] thing = new float[maps.length][];
            for (int t = 0; t < thing.length; t++) {
                thing[t] = owned[t][k];
            }
            things.add(thing);
        }
        things.sort(Comparator.comparingLong(thing -> -area(thing)));
        return things;
    }

    /** Pixels of a thing over all frames. */
    static long area(float[]... thing) {
        long area = 0;
        for (float[] frame : thing) {
            for (float value : frame) {
                area += value > INSIDE ? 1 : 0;
            }
        }
        return area;
    }

    /** The largest regions are the things; any other belongs to the thing that it is nearest to. */
    private float[][] first(int t, int count) {
        int[] ranked = regions[t].ranked();
        int[] owner = new int[regions[t].count()];
        Arrays.fill(owner, -1);
        for (int k = 0; k < count; k++) {
            owner[ranked[k]] = k;
        }
        for (int r = 0; r < owner.length; r++) {
            int region = r;
            if (owner[r] < 0) {
                owner[r] = IntStream.range(0, count).boxed().min(Comparator.comparingDouble(k -> regions[t].distance(region, ranked[k]))).orElseThrow();
            }
        }
        float[][] shares = new float[count][clip.size().area()];
        for (int i = 0; i < maps[t].length; i++) {
            int region = regions[t].at(i);
            if (region >= 0) {
                shares[owner[region]][i] = 1;
            }
        }
        return owned(t, spread(t, shares));
    }

    /** The things of frame t from those of frame t − way. */
    private float[][] next(float[][] before, int t, int way) {
        int count = before.length;
        FlowField back = clip.step(t, -way);
        float[][] carried = new float[count][];
        double[][] filled = new double[count][regions[t].count()];
        for (int k = 0; k < count; k++) {
            carried[k] = TrackSmoothing.carried(before[k], back);
            for (int i = 0; i < carried[k].length; i++) {
                if (regions[t].at(i) >= 0) {
                    filled[k][regions[t].at(i)] += carried[k][i];
                }
            }
        }
        int[] whole = new int[regions[t].count()];
        for (int r = 0; r < whole.length; r++) {
            whole[r] = owner(filled, t, r);
        }
        for (int i = 0; i < clip.size().area(); i++) {
            int region = regions[t].at(i);
            if (region >= 0 && whole[region] >= 0) {
                for (int k = 0; k < count; k++) {
                    carried[k][i] = k == whole[region] ? 1 : 0;
                }
            }
        }
        return owned(t, spread(t, carried));
    }

    /** The thing that a whole region belongs to; -1 where it is shared, or where nothing known came to. */
    private int owner(double[][] filled, int t, int region) {
        double sum = 0;
        int most = 0;
        for (int k = 0; k < filled.length; k++) {
            sum += filled[k][region];
            most = filled[k][region] > filled[most][region] ? k : most;
        }
        if (sum < KNOWN * regions[t].area(region)) {
            return -1;
        }
        return filled[most][region] >= ALL * sum ? most : -1;
    }

    /** Gives pixels that no thing came to what is near and like them, and lets edges between things follow the picture. */
    private float[][] spread(int t, float[][] shares) {
        GuidedFilter close = new GuidedFilter(clip.size(), clip.rgb()[t], 3, 1e-3);
        GuidedFilter wide = new GuidedFilter(clip.size(), clip.rgb()[t], Math.max(8, clip.size().longSide() / 16), 1e-2);
        float[][] out = new float[shares.length][];
        for (int k = 0; k < shares.length; k++) {
            float[] near = close.filter(shares[k]);
            float[] far = wide.filter(shares[k]);
            out[k] = new float[near.length];
            for (int i = 0; i < near.length; i++) {
                out[k][i] = Math.max(0, near[i]) + 0.02f * Math.max(0, far[i]) + 1e-6f;
            }
        }
        return out;
    }

    /** Shares out what the map has among the things. */
    private float[][] owned(int t, float[][] shares) {
        float[][] out = new float[shares.length][maps[t].length];
        for (int i = 0; i < maps[t].length; i++) {
            double sum = 0;
            int most = 0;
            for (int k = 0; k < shares.length; k++) {
                double sharp = shares[k][i] * shares[k][i];
                sum += sharp;
                most = shares[k][i] > shares[most][i] ? k : most;
            }
            for (int k = 0; k < shares.length; k++) {
                out[k][i] = sum > 0 ? (float) (maps[t][i] * shares[k][i] * shares[k][i] / sum) : k == most ? maps[t][i] : 0;
            }
        }
        return out;
    }
}
