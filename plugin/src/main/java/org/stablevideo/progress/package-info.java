/** How far a piece of work is, and whether its user still wants it. */
package org.stablevideo.progress;
