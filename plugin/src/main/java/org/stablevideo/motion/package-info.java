/** How a clip moves: optical flow, camera motion, object mattes. OpenCV lives inside; no matrix of it leaves this package. */
package org.stablevideo.motion;
