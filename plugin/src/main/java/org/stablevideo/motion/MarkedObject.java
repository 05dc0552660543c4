package org.stablevideo.motion;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.problem.MaskInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * An object that somebody pointed at: a box around it or a point on it, in one frame. All in per cent of the frame, so that a proxy means the same.
 *
 * @param left of the box, or of the point
 * @param top of the box, or of the point
 * @param width of the box; 0 for a point
 * @param height of the box; 0 for a point
 * @param frame in which it was marked
 */
record MarkedObject(double left, double top, double width, double height, int frame) {

    private static final Pattern MARK = Pattern.compile("(box|point):(.*?)(?:@(\\d{1,9}))?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,3}(\\.\\d{1,9})?");

    /** Log odds of pixels that cannot be the object's. */
    private static final float NEVER = -6;

    /** Reach of a point, as a share of the frame's height: an object of this radius is found whole. */
    private static final double REACH = 0.2;

    /** Share of that in which the point is sure. */
    private static final double SURE = 0.1;

    MarkedObject {
        boolean box = width > 0 && height > 0;
        if (!(left >= 0 && top >= 0 && left + width <= 100 && top + height <= 100) || !box && (width != 0 || height != 0)) {
            throw new IllegalArgumentException("nothing of the frame lies in " + left + ", " + top + ", " + width + ", " + height);
        }
    }

    /** Whether a text is a box or a point, rightly written or not. */
    static boolean isMark(String text) {
        return MARK.matcher(text.strip().toLowerCase(Locale.ROOT)).matches();
    }

    /**
     * Reads {@code box:LEFT,TOP,WIDTH,HEIGHT@FRAME} or {@code point:LEFT,TOP@FRAME}; without {@code @} it is frame 0.
     *
     * @return empty for any other text
     * @throws ProblemException with {@link MaskInvalid} when the numbers are wrong
     */
    static Optional<MarkedObject> of(String text) {
        Matcher matcher = MARK.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String[] parts = matcher.group(2).split(",", -1);
        int wanted = matcher.group(1).equals("box") ? 4 : 2;
        double[] numbers = new double[4];
        boolean good = parts.length == wanted;
        for (int i = 0; good && i < wanted; i++) {
            good = NUMBER.matcher(parts[i].strip()).matches();
            numbers[i] = good ? Double.parseDouble(parts[i].strip()) : 0;
        }
        good = good && (wanted == 2 || numbers[2] > 0 && numbers[3] > 0) && numbers[0] + numbers[2] <= 100 && numbers[1] + numbers[3] <= 100;
        if (!good) {
            throw new ProblemException(new MaskInvalid(
                    "The mask “" + text + "” marks nothing in the picture.",
                    "Write box:LEFT,TOP,WIDTH,HEIGHT@FRAME or point:LEFT,TOP@FRAME, all but the frame in per cent of the picture: box:20,30,40,50@12."));
        }
        return Optional.of(new MarkedObject(
                numbers[0], numbers[1], numbers[2], numbers[3], matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3))));
    }

    /** Log odds that a pixel is the object's, before anything was looked at. */
    float[] prior(FrameSize size) {
        float[] prior = new float[size.area()];
        double x = left / 100 * size.width();
        double y = top / 100 * size.height();
        double reach = REACH * size.height();
        for (int i = 0; i < prior.length; i++) {
            double dx = i % size.width() + 0.5 - x;
            double dy = i / size.width() + 0.5 - y;
            if (width > 0) {
                boolean inside = dx >= 0 && dy >= 0 && dx <= width / 100 * size.width() && dy <= height / 100 * size.height();
                prior[i] = inside ? 0.5f : NEVER;
            } else {
                double far = Math.hypot(dx, dy) / reach;
                prior[i] = far < SURE ? 4 : far > 2.5 ? NEVER : (float) (1 - 1.5 * far);
            }
        }
        return prior;
    }
}
