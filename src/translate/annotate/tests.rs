use super::annotate;
use crate::source::SourceFile;
