package org.stablevideo.edit;

import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.render.Box;

/**
 * A layer of a clip painted frame by frame, as methods without an atlas leave it: small pictures and where each belongs. Brought to the shot's
 * resolution when rendered ({@link ShotRenderer}).
 *
 * @param layer index into the atlas's layers; its mattes say where the pictures show
 * @param extent size of the frames in which the boxes lie
 * @param boxes where each picture lies, one a frame, none empty
 * @param pictures one a frame, all of one size
 */
public record PaintedShot(int layer, FrameSize extent, List<Box> boxes, List<Picture> pictures) {

    public PaintedShot {
        boxes = List.copyOf(boxes);
        pictures = List.copyOf(pictures);
        if (boxes.isEmpty() || boxes.size() != pictures.size()) {
            throw new IllegalArgumentException(boxes.size() + " boxes for " + pictures.size() + " pictures");
        }
        for (int i = 0; i < boxes.size(); i++) {
            Box box = boxes.get(i);
            if (box.isEmpty() || box.right() > extent.width() || box.bottom() > extent.height()) {
                throw new IllegalArgumentException("box " + box + " in frames of " + extent);
            }
            if (!pictures.get(i).size().equals(pictures.get(0).size())) {
                throw new IllegalArgumentException("pictures of " + pictures.get(i).size() + " and " + pictures.get(0).size());
            }
        }
    }

    /** Size of the pictures. */
    FrameSize size() {
        return pictures.get(0).size();
    }
}
