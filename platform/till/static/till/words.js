// Every sentence of the page in its three languages; the reasons of failures come from the API.

export const LANGUAGES = { en: "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文" };

const WORDS = {
  till: ["Till", "收银台", "收銀台"],
  pairTitle: ["Pair this till", "绑定此收银台", "綁定此收銀台"],
  pairHow: [
    "Ask your acquirer's staff for a code: in the console, at the terminal, “Pair a till”.",
    "请向收单机构人员索取配对码：在控制台的终端页面选择“Pair a till”。",
    "請向收單機構人員索取配對碼：在控制台的終端頁面選擇「Pair a till」。",
  ],
  code: ["Code", "配对码", "配對碼"],
  pair: ["Pair", "绑定", "綁定"],
  pairUnknown: [
    "This code is wrong, was used already, or is older than 10 minutes. Ask for a new one.",
    "配对码错误、已使用或已超过 10 分钟。请索取新的配对码。",
    "配對碼錯誤、已使用或已超過 10 分鐘。請索取新的配對碼。",
  ],
  tooMany: ["Too many tries. Wait ten minutes.", "尝试次数过多，请等待十分钟。", "嘗試次數過多，請等待十分鐘。"],
  unpaired: ["This till is no longer paired.", "此收银台已解除绑定。", "此收銀台已解除綁定。"],
  test: ["Test: no money moves", "测试：不会扣款", "測試：不會扣款"],
  amount: ["Amount", "金额", "金額"],
  charge: ["Charge", "收款", "收款"],
  showQr: ["Show a QR code", "出示二维码", "出示二維碼"],
  today: ["Today", "今日", "今日"],
  clear: ["Clear", "清除", "清除"],
  erase: ["Delete the last digit", "删除最后一位", "刪除最後一位"],
  amountFirst: ["Type the amount first, then scan.", "请先输入金额，再扫码。", "請先輸入金額，再掃碼。"],
  notACode: ["This is no payment code. Scan the code in the customer's wallet.", "这不是付款码。请扫描顾客钱包中的付款码。", "這不是付款碼。請掃描顧客錢包中的付款碼。"],
  scanTitle: ["Scan the customer's code", "请扫描顾客的付款码", "請掃描顧客的付款碼"],
  scanHow: ["The payment starts by itself.", "扫码后自动收款。", "掃碼後自動收款。"],
  typeCode: ["Or type the digits below the code", "或输入付款码下方的数字", "或輸入付款碼下方的數字"],
  camera: ["Use the camera", "使用摄像头", "使用攝像頭"],
  cameraFailed: ["The camera cannot be used. Scan or type the code.", "无法使用摄像头。请扫码或输入。", "無法使用攝像頭。請掃碼或輸入。"],
  cancel: ["Cancel", "取消", "取消"],
  back: ["Back", "返回", "返回"],
  sending: ["Asking Alipay …", "正在请求支付宝……", "正在請求支付寶……"],
  waiting: [
    "Waiting for the customer. They may have to confirm or type their password.",
    "等待顾客操作。顾客可能需要确认或输入密码。",
    "等待顧客操作。顧客可能需要確認或輸入密碼。",
  ],
  makingSure: ["Time is over. Making sure that nothing is charged …", "已超时，正在确认未扣款……", "已逾時，正在確認未扣款……"],
  canceling: ["Cancelling. Making sure that nothing is charged …", "正在取消并确认未扣款……", "正在取消並確認未扣款……"],
  networkGone: [
    "No network. The payment may have gone through: still asking. Do not charge again.",
    "网络中断。付款可能已完成，正在继续查询。请勿重复收款。",
    "網絡中斷。付款可能已完成，正在繼續查詢。請勿重複收款。",
  ],
  networkGoneAtStart: ["No network. Trying again …", "网络中断，正在重试……", "網絡中斷，正在重試……"],
  pickingUp: ["A sale was open. Asking what became of it …", "有一笔未完成的收款，正在查询结果……", "有一筆未完成的收款，正在查詢結果……"],
  notBegun: ["Nothing was charged for this sale. Scan again, or cancel it.", "此笔收款未扣款。请重新扫码或取消。", "此筆收款未扣款。請重新掃碼或取消。"],
  seconds: ["seconds left", "秒剩余", "秒剩餘"],
  qrTitle: ["Let the customer scan this with Alipay", "请顾客用支付宝扫描", "請顧客用支付寶掃描"],
  qrComing: ["Asking Alipay for a code …", "正在向支付宝获取二维码……", "正在向支付寶取得二維碼……"],
  succeeded: ["Paid", "收款成功", "收款成功"],
  failed: ["Not paid", "未付款", "未付款"],
  canceled: ["Cancelled", "已取消", "已取消"],
  processing: ["In progress", "处理中", "處理中"],
  refunded: ["Refunded", "已退款", "已退款"],
  partRefunded: ["Partly refunded", "部分退款", "部分退款"],
  nothingCharged: ["Nothing was charged.", "未扣款。", "未扣款。"],
  coupon: ["Coupon", "优惠券", "優惠券"],
  points: ["Points", "积分", "積分"],
  usePoints: ["Use points:", "使用积分：", "使用積分："],
  member: ["Member", "会员", "會員"],
  couponOrCard: ["Coupon, or the member's card", "优惠券或会员卡", "優惠券或會員卡"],
  add: ["Add", "添加", "加入"],
  remove: ["Remove", "移除", "移除"],
  pays: ["The customer pays", "顾客实付", "顧客實付"],
  noCoupon: ["This is no coupon and no card.", "这不是优惠券或会员卡。", "這不是優惠券或會員卡。"],
  price: ["Price", "原价", "原價"],
  saved: ["Saved", "已优惠", "已優惠"],
  paidBy: ["Paid by", "付款账户", "付款帳戶"],
  next: ["Next sale", "下一笔", "下一筆"],
  again: ["Try again", "重试", "重試"],
  receipt: ["Receipt", "收据", "收據"],
  print: ["Print", "打印", "列印"],
  total: ["Total", "合计", "合計"],
  sales: ["Sales", "笔数", "筆數"],
  refunds: ["Refunds", "退款", "退款"],
  nothingToday: ["No payments yet today.", "今日暂无收款。", "今日暫無收款。"],
  refund: ["Refund", "退款", "退款"],
  refundTitle: ["Refund this payment", "退还此笔付款", "退還此筆付款"],
  pin: ["Refund PIN", "退款密码", "退款密碼"],
  pinWrong: ["The PIN is wrong.", "退款密码错误。", "退款密碼錯誤。"],
  pinLocked: ["Too many wrong PINs. Refunds are locked for 15 minutes.", "密码错误次数过多，退款已锁定 15 分钟。", "密碼錯誤次數過多，退款已鎖定 15 分鐘。"],
  pinNotSet: ["No PIN is set. Ask your acquirer's staff to set one for this terminal.", "尚未设置退款密码。请联系收单机构为此终端设置。", "尚未設定退款密碼。請聯絡收單機構為此終端設定。"],
  refundDone: ["Refunded to the customer.", "已退款给顾客。", "已退款給顧客。"],
  refundWaits: ["The refund is on its way; see Today.", "退款处理中，请在“今日”中查看。", "退款處理中，請在「今日」中查看。"],
  date: ["Date", "日期", "日期"],
  reference: ["Reference", "参考号", "參考編號"],
  payment: ["Payment", "付款编号", "付款編號"],
  language: ["Language", "语言", "語言"],
  unpair: ["Unpair this till", "解除绑定", "解除綁定"],
  unpairSure: ["Unpair this till? It needs a new code afterwards.", "确定解除绑定？之后需要新的配对码。", "確定解除綁定？之後需要新的配對碼。"],
  settings: ["Settings", "设置", "設定"],
  sound: ["Sound", "声音", "聲音"],
  callAcquirer: ["This till may not take payments at the moment. Call your acquirer.", "此收银台目前无法收款，请联系收单机构。", "此收銀台目前無法收款，請聯絡收單機構。"],
  schemeUnavailable: ["Alipay cannot be reached. Nothing was charged. Try again soon.", "支付宝暂时无法连接，未扣款。请稍后重试。", "支付寶暫時無法連接，未扣款。請稍後重試。"],
  failedCall: ["That did not work. Please try again.", "操作失败，请重试。", "操作失敗，請重試。"],
  currency: ["Currency", "币种", "幣種"],
};

const KEPT = "tillgate.language";
const CODES = Object.keys(LANGUAGES);
let current = localStorage.getItem(KEPT) ?? guess(navigator.language);

/** The sentence in the language in force. */
export function say(name) {
  return WORDS[name][CODES.indexOf(current)];
}

export function language() {
  return current;
}

export function speak(code) {
  current = CODES.includes(code) ? code : "en";
  localStorage.setItem(KEPT, current);
  document.documentElement.lang = current;
}

/** What a browser that says "zh-TW" would like to read. */
export function guess(tag) {
  if (!/^zh\b/i.test(tag ?? "")) return "en";
  return /hant|tw|hk|mo/i.test(tag) ? "zh-Hant" : "zh-Hans";
}
