import MunimKit
