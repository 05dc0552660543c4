package org.stablevideo.motion;

import java.util.Comparator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;

/** The connected regions of a map where it exceeds a threshold. */
final class MapRegions {

    private static final int COLUMNS = 5;

    private final int[] labels;
    private final int[] area;
    private final int[][] box;

    private MapRegions(int[] labels, int[] area, int[][] box) {
        this.labels = labels;
        this.area = area;
        this.box = box;
    }

    static MapRegions of(FrameSize size, float[] map, float threshold) {
        byte[] mask = new byte[map.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (map[i] > threshold ? 1 : 0);
        }
        try (Mats mats = new Mats()) {
            Mat result = mats.empty();
            Mat figures = mats.empty();
            int count = Imgproc.connectedComponentsWithStats(mats.gray(size, mask), result, figures, mats.empty(), 8, CvType.CV_32S) - 1;
            int[] labels = new int[map.length];
            result.get(0, 0, labels);
            int[] all = new int[(count + 1) * COLUMNS];
            figures.get(0, 0, all);
            int[] area = new int[count];
            int[][] box = new int[count][];
            for (int r = 0; r < count; r++) {
                int at = (r + 1) * COLUMNS;
                area[r] = all[at + Imgproc.CC_STAT_AREA];
                int left = all[at + Imgproc.CC_STAT_LEFT];
                int top = all[at + Imgproc.CC_STAT_TOP];
                box[r] = new int[] {left, top, left + all[at + Imgproc.CC_STAT_WIDTH], top + all[at + Imgproc.CC_STAT_HEIGHT]};
            }
            return new MapRegions(labels, area, box);
        }
    }

    /** The region of each pixel, counted from 1; 0 for none. The array is shared. */
    int[] labels() {
        return labels;
    }

    int count() {
        return area.length;
    }

    /** The region of a pixel; -1 for none. */
    int at(int pixel) {
        return labels[pixel] - 1;
    }

    /** Pixels of a region. */
    int area(int region) {
        return area[region];
    }

    /**
     * Counts pixels of every region.
     *
     * @param which pixels, by index
     */
    int[] count(IntPredicate which) {
        int[] pixels = new int[area.length];
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] > 0 && which.test(i)) {
                pixels[at(i)]++;
            }
        }
        return pixels;
    }

    /** The regions, the largest first. */
    int[] ranked() {
        return IntStream.range(0, area.length).boxed().sorted(Comparator.comparingInt(r -> -area[r])).mapToInt(r -> r).toArray();
    }

    /** Pixels between the boxes of two regions. */
    double distance(int a, int b) {
        int dx = Math.max(0, Math.max(box[a][0] - box[b][2], box[b][0] - box[a][2]));
        int dy = Math.max(0, Math.max(box[a][1] - box[b][3], box[b][1] - box[a][3]));
        return Math.hypot(dx, dy);
    }
}
