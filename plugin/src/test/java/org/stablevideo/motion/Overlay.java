package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.List;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * A thing cut out of one clip and laid over another, so that the truth about two objects is known.
 *
 * @param pictures the clip with the thing
 * @param thing where the thing is
 * @param behind where what was laid over is still seen
 */
record Overlay(List<Picture> pictures, List<Plane> thing, List<Plane> behind) {

    /** Where the thing's picture lies in a frame: its left upper corner. */
    interface Path {
        int[] at(int frame);
    }

    /**
     * Lays.
     *
     * @param below frames that are laid over
     * @param object the truth about them
     * @param above frames that the thing is cut out of
     * @param cut where it is in them
     * @param scale size of the thing's picture, as a share of its own
     */
    static Overlay of(List<Picture> below, List<Plane> object, List<Picture> above, List<Plane> cut, double scale, Path path) {
        List<Picture> pictures = new ArrayList<>();
        List<Plane> thing = new ArrayList<>();
        List<Plane> behind = new ArrayList<>();
        for (int t = 0; t < below.size(); t++) {
            FrameSize size = below.get(t).size();
            FrameSize own = above.get(t).size();
            FrameSize small = new FrameSize((int) (own.width() * scale), (int) (own.height() * scale));
            byte[] rgb = below.get(t).rgb().clone();
            byte[] matte = new byte[size.area()];
            byte[] rest = object.get(t).values().clone();
            try (Mats mats = new Mats()) {
                Mat colours = mats.empty();
                Mat alphas = mats.empty();
                Size to = new Size(small.width(), small.height());
                Imgproc.resize(mats.rgb(own, above.get(t).rgb()), colours, to, 0, 0, Imgproc.INTER_AREA);
                Imgproc.resize(mats.gray(own, cut.get(t).values()), alphas, to, 0, 0, Imgproc.INTER_AREA);
                byte[] colour = Mats.bytes(colours);
                byte[] alpha = Mats.bytes(alphas);
                int[] corner = path.at(t);
                for (int i = 0; i < alpha.length; i++) {
                    int x = corner[0] + i % small.width();
                    int y = corner[1] + i / small.width();
                    if (x < 0 || y < 0 || x >= size.width() || y >= size.height()) {
                        continue;
                    }
                    int j = y * size.width() + x;
                    int a = alpha[i] & 255;
                    matte[j] = (byte) a;
                    rest[j] = (byte) ((rest[j] & 255) * (255 - a) / 255);
                    for (int k = 0; k < 3; k++) {
                        rgb[3 * j + k] = (byte) (((rgb[3 * j + k] & 255) * (255 - a) + (colour[3 * i + k] & 255) * a) / 255);
                    }
                }
            }
            pictures.add(new Picture(size, rgb));
            thing.add(new Plane(size, matte));
            behind.add(new Plane(size, rest));
        }
        return new Overlay(pictures, thing, behind);
    }

    /** The truth at another size; the pictures stay. */
    Overlay resized(FrameSize size) {
        return new Overlay(pictures, thing.stream().map(plane -> resized(plane, size)).toList(), behind.stream().map(plane -> resized(plane, size)).toList());
    }

    private static Plane resized(Plane plane, FrameSize size) {
        try (Mats mats = new Mats()) {
            Mat small = mats.empty();
            Imgproc.resize(mats.gray(plane.size(), plane.values()), small, new Size(size.width(), size.height()), 0, 0, Imgproc.INTER_AREA);
            return new Plane(size, Mats.bytes(small));
        }
    }
}
